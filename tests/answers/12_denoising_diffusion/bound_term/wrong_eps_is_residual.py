# expect: x_t − x_0 is taken for the noise
# misconception: the true noise is x_t - x_0
# points: 0
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    tilde = (1 - before) / (1 - now) * beta
    return beta ** 2 / (2 * tilde * (1 - beta) * (1 - now)) * ((x_t - x_0 - eps_hat) ** 2).sum(-1)
