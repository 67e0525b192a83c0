# right: variance recursion instead of products
import torch


def posterior(x_t, x_0, t, betas):
    spread, signal = torch.zeros_like(betas[0]), torch.ones_like(betas[0])
    for b in betas[:t - 1]:
        spread, signal = (1 - b) * spread + b, signal * (1 - b).sqrt()
    b = betas[t - 1]
    total = (1 - b) * spread + b
    return (b * signal * x_0 + (1 - b).sqrt() * spread * x_t) / total, spread * b / total
