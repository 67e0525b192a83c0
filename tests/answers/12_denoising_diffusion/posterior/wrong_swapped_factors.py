# expect: the factors of x_0 and x_t are exchanged
# misconception: exchanges the factors
# points: 1
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = (before.sqrt() * beta * x_t + (1 - beta).sqrt() * (1 - before) * x_0) / (1 - now)
    variance = beta * (1 - before) / (1 - now)
    return mean, variance
