# expect: x_t was changed in place
# misconception: works in the memory of x_t
# points: 2
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    x_t -= beta / (1 - now).sqrt() * eps_hat
    x_t /= (1 - beta).sqrt()
    x_t += ((1 - before) / (1 - now) * beta).sqrt() * noise
    return x_t
