# expect: Index −1 is the last entry
# misconception: index -1 at t = 1
# points: 2
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    mean = (x_t - beta / (1 - now).sqrt() * eps_hat) / (1 - beta).sqrt()
    variance = beta * (1 - before) / (1 - now)
    return mean + variance.sqrt() * noise
