# expect: Index −1 is the last entry
# misconception: looks up ᾱ_0 at index -1
# points: 2
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    mean = (before.sqrt() * beta * x_0 + (1 - beta).sqrt() * (1 - before) * x_t) / (1 - now)
    variance = beta * (1 - before) / (1 - now)
    return mean, variance
