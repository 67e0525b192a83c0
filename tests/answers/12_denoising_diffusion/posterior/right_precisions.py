# right: precisions add up; t = 1 by itself
import torch


def posterior(x_t, x_0, t, betas):
    if t == 1:
        return x_0, 0.0
    beta = betas[t - 1].double()
    before = (1 - betas[:t - 1].double()).prod()
    precision = (1 - beta) / beta + 1 / (1 - before)
    mean = ((1 - beta).sqrt() / beta * x_t + before.sqrt() / (1 - before) * x_0) / precision
    return mean, 1 / precision
