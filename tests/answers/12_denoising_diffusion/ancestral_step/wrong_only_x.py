# expect: only x_t is divided by √α_t
# misconception: divides x_t only
# points: 1
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = x_t / (1 - beta).sqrt() - beta / (1 - now).sqrt() * eps_hat
    variance = beta * (1 - before) / (1 - now)
    return mean + variance.sqrt() * noise
