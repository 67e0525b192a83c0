# expect: this is the KL against the variance β_t
# misconception: p_θ with the variance β_t
# points: 0
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    variance = beta * (1 - before) / (1 - now)
    eps = (x_t - now.sqrt() * x_0) / (1 - now).sqrt()
    squares = ((eps - eps_hat) ** 2).sum(dim=1)
    distance = beta ** 2 / ((1 - beta) * (1 - now)) * squares
    return distance / (2 * beta) + x_0.shape[1] / 2 * ((beta / variance).log() + variance / beta - 1)
