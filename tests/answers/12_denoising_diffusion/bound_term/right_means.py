# right: two means and their distance
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    variance = beta * (1 - before) / (1 - now)
    guess = (x_t - (1 - now).sqrt() * eps_hat) / now.sqrt()
    a, b = before.sqrt() * beta / (1 - now), (1 - beta).sqrt() * (1 - before) / (1 - now)
    return (((a * x_0 + b * x_t) - (a * guess + b * x_t)) ** 2).sum(-1) / (2 * variance)
