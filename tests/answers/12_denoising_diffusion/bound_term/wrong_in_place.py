# expect: x_t was changed in place
# misconception: computes the true noise in the memory of x_t
# points: 2
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    tilde = (1 - before) / (1 - now) * beta
    x_t -= now.sqrt() * x_0
    x_t /= (1 - now).sqrt()
    return beta ** 2 / (2 * tilde * (1 - beta) * (1 - now)) * ((x_t - eps_hat) ** 2).sum(-1)
