# expect: the division by 1 − ᾱ_t is missing
# misconception: no division in the mean
# points: 1
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = before.sqrt() * beta * x_0 + (1 - beta).sqrt() * (1 - before) * x_t
    variance = beta * (1 - before) / (1 - now)
    return mean, variance
