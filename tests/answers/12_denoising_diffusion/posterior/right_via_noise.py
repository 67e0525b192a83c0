# right: through the noise that x_t and x_0 imply
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    eps = (x_t - now.sqrt() * x_0) / (1 - now).sqrt()
    return (x_t - beta / (1 - now).sqrt() * eps) / (1 - beta).sqrt(), (1 - before) / (1 - now) * beta
