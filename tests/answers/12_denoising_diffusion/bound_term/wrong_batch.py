# expect: averaged over the batch
# misconception: one number
# points: 0
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    variance = beta * (1 - before) / (1 - now)
    eps = (x_t - now.sqrt() * x_0) / (1 - now).sqrt()
    squares = ((eps - eps_hat) ** 2).sum(dim=1)
    return (beta ** 2 / (2 * variance * (1 - beta) * (1 - now)) * squares).mean()
