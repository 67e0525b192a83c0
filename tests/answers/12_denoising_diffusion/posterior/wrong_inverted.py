# expect: 1 − ᾱ_{t−1} and 1 − ᾱ_t are exchanged
# misconception: inverts the fraction
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = (before.sqrt() * beta * x_0 + (1 - beta).sqrt() * (1 - before) * x_t) / (1 - now)
    return mean, beta * (1 - now) / (1 - before)
