# expect: that is one step
# misconception: α in the place of ᾱ
# points: 1
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    a = torch.cat([torch.ones_like(betas[:1]), 1 - betas])
    beta, now, before = betas[t - 1], a[t], a[t - 1]
    mean = (x_t - beta / (1 - now).sqrt() * eps_hat) / (1 - beta).sqrt()
    variance = beta * (1 - before) / (1 - now)
    return mean + variance.sqrt() * noise
