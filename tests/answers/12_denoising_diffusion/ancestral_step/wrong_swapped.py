# expect: eps_hat stands where x_0 belongs
# misconception: takes the prediction for x_0
# points: 1
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = (before.sqrt() * beta * eps_hat + (1 - beta).sqrt() * (1 - before) * x_t) / (1 - now)
    variance = beta * (1 - before) / (1 - now)
    return mean + variance.sqrt() * noise
