# expect: this is the precision
# misconception: returns the precision, 1 over the variance
# points: 1
import torch


def posterior(x_t, x_0, t, betas):
    beta = betas[t - 1]
    before = torch.prod(1 - betas[:t - 1])
    one, two = (1 - beta) / beta, 1 / (1 - before).clamp(min=1e-12)
    mean = (one * x_t / (1 - beta).sqrt() + two * before.sqrt() * x_0) / (one + two)
    return mean, one + two
