# expect: Expected 2 things
# misconception: returns the mean only
# points: 0
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = (before.sqrt() * beta * x_0 + (1 - beta).sqrt() * (1 - before) * x_t) / (1 - now)
    return mean
