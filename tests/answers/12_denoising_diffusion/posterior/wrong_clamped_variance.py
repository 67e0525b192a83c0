# expect: at t = 1 the variance should be about 0, but is 0.02
# misconception: clamps the variance away from 0 as the programs do
# points: 2
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = before.sqrt() * beta / (1 - now) * x_0 + (1 - beta).sqrt() * (1 - before) / (1 - now) * x_t
    return mean, ((1 - before) / (1 - now) * beta).clamp(min=0.02)
