# expect: divided by √α_t as well
# misconception: divides the noise by √α too
# points: 2
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    variance = beta * (1 - before) / (1 - now)
    return (x_t - beta / (1 - now).sqrt() * eps_hat + variance.sqrt() * noise) / (1 - beta).sqrt()
