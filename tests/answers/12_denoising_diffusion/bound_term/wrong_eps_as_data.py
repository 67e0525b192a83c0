# expect: eps_hat stands where x_0 belongs
# misconception: the network's output is taken for x_0
# points: 0
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    variance = beta * (1 - before) / (1 - now)
    a = before.sqrt() * beta / (1 - now)
    return (a * (x_0 - eps_hat)).square().sum(1) / (2 * variance)
