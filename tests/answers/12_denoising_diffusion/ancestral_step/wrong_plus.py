# expect: is added, but it should be taken off
# misconception: adds the predicted noise
# points: 1
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = (x_t + beta / (1 - now).sqrt() * eps_hat) / (1 - beta).sqrt()
    variance = beta * (1 - before) / (1 - now)
    return mean + variance.sqrt() * noise
