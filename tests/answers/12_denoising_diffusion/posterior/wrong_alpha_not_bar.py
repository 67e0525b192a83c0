# expect: that is one step
# misconception: uses α in the place of ᾱ
import torch


def posterior(x_t, x_0, t, betas):
    a = torch.cat([torch.ones_like(betas[:1]), 1 - betas])
    beta, now, before = betas[t - 1], a[t], a[t - 1]
    mean = (before.sqrt() * beta * x_0 + (1 - beta).sqrt() * (1 - before) * x_t) / (1 - now)
    variance = beta * (1 - before) / (1 - now)
    return mean, variance
