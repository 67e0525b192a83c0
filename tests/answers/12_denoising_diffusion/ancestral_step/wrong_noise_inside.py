# expect: the noise term
# misconception: the noise inside the bracket, divided by √α_t too
# points: 2
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    sd = ((1 - before) / (1 - now) * beta).sqrt()
    return (x_t - beta / (1 - now).sqrt() * eps_hat + sd * noise) / (1 - beta).sqrt()
