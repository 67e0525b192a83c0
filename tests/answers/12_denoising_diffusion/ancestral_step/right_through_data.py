# right: through the predicted x_0
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    x_0 = (x_t - (1 - now).sqrt() * eps_hat) / now.sqrt()
    mean = (before.sqrt() * beta * x_0 + (1 - beta).sqrt() * (1 - before) * x_t) / (1 - now)
    variance = beta * (1 - before) / (1 - now)
    return mean + variance.sqrt() * noise
