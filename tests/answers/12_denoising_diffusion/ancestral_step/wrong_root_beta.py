# expect: the noise has √β_t
# misconception: √β_t in the mean
# points: 2
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = (x_t - beta.sqrt() * eps_hat) / (1 - beta).sqrt()
    return mean + ((1 - before) / (1 - now) * beta).sqrt() * noise
