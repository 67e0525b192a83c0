# expect: added to x_t
# misconception: adds the noise
# points: 0
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    variance = beta * (1 - before) / (1 - now)
    guess = (x_t + (1 - now).sqrt() * eps_hat) / now.sqrt()
    return (before / (1 - before) - now / (1 - now)) / 2 * ((x_0 - guess) ** 2).sum(1)
