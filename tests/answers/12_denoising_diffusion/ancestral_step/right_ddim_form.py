# right: the DDIM step with eta = 1
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    x_0 = (x_t - (1 - now).sqrt() * eps_hat) / now.sqrt()
    variance = (1 - before) / (1 - now) * (1 - now / before)
    return before.sqrt() * x_0 + (1 - before - variance).clamp(min=0).sqrt() * eps_hat + variance.sqrt() * noise
