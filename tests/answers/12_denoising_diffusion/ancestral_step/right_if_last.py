# right: a special case for t = 1
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now = betas[t - 1], bar[t - 1]
    mean = (x_t - beta / (1 - now).sqrt() * eps_hat) / (1 - beta).sqrt()
    if t == 1:
        return mean
    return mean + ((1 - bar[t - 2]) / (1 - now) * beta).sqrt() * noise
