# right: DDIM with η = 1: the part of the old noise that stays
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    now = bar[t - 1]
    before = bar[t - 2] if t > 1 else torch.ones_like(now)
    variance = (1 - before) / (1 - now) * (1 - now / before)
    eps = (x_t - now.sqrt() * x_0) / (1 - now).sqrt()
    return before.sqrt() * x_0 + (1 - before - variance).clamp(min=0).sqrt() * eps, variance
