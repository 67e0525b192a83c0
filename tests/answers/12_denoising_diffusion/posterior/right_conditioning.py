# right: conditions the joint Gaussian of x_{t-1} and x_t: a gain
import torch


def posterior(x_t, x_0, t, betas):
    before = torch.prod(1 - betas[:t - 1]) if t > 1 else torch.ones((), dtype=betas.dtype)
    beta = betas[t - 1]
    prior_mean, prior_var = before.sqrt() * x_0, 1 - before
    root = (1 - beta).sqrt()
    gain = prior_var * root / ((1 - beta) * prior_var + beta)
    return prior_mean + gain * (x_t - root * prior_mean), prior_var * (1 - gain * root)
