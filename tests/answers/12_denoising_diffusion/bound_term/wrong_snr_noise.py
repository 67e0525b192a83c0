# expect: not that of the noise
# misconception: the weight of x_0 on the noise
# points: 1
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    variance = beta * (1 - before) / (1 - now)
    eps = (x_t - now.sqrt() * x_0) / (1 - now).sqrt()
    squares = ((eps - eps_hat) ** 2).sum(dim=1)
    return (before / (1 - before) - now / (1 - now)) / 2 * squares
