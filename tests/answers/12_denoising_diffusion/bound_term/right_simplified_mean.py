# right: the model's mean in its noise form
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    eps = (x_t - now.sqrt() * x_0) / (1 - now).sqrt()
    m = lambda e: (x_t - beta / (1 - now).sqrt() * e) / (1 - beta).sqrt()
    gap = (m(eps) - m(eps_hat)).norm(dim=1)
    return gap ** 2 / (2 * beta * (1 - before) / (1 - now))
