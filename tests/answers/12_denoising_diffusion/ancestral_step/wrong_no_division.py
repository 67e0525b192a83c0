# expect: the division by 1 − ᾱ_t is missing
# misconception: β̃ without its division
# points: 2
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = (x_t - beta / (1 - now).sqrt() * eps_hat) / (1 - beta).sqrt()
    return mean + (beta * (1 - before)).sqrt() * noise
