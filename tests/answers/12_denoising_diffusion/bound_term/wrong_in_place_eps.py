# expect: eps_hat was changed in place
# misconception: takes the difference in the memory of eps_hat
# points: 2
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    tilde = (1 - before) / (1 - now) * beta
    eps = (x_t - now.sqrt() * x_0) / (1 - now).sqrt()
    eps_hat.sub_(eps).pow_(2)
    return beta ** 2 / (2 * tilde * (1 - beta) * (1 - now)) * eps_hat.sum(-1)
