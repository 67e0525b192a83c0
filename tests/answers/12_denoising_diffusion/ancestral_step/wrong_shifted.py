# expect: one step too late
# misconception: betas[t]
# points: 0
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[min(t, len(betas) - 1)], bar[min(t + 1, len(betas))], bar[t]
    mean = (x_t - beta / (1 - now).sqrt() * eps_hat) / (1 - beta).sqrt()
    variance = beta * (1 - before) / (1 - now)
    return mean + variance.sqrt() * noise
