# expect: ᾱ_1 stands in its place
# misconception: pads ᾱ with its first entry
# points: 2
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    bar = torch.cat([bar[:1], bar])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = (before.sqrt() * beta * x_0 + (1 - beta).sqrt() * (1 - before) * x_t) / (1 - now)
    variance = beta * (1 - before) / (1 - now)
    return mean, variance
