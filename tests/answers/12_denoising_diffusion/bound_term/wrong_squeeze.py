# expect: should have the shape (1,)
# misconception: squeezes before the sum over the last axis, trouble with one row
# points: 0
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    snr = bar / (1 - bar)
    x_hat = (x_t - (1 - bar[t - 1]).sqrt() * eps_hat) / bar[t - 1].sqrt()
    return (snr[t - 2] - snr[t - 1]) / 2 * ((x_0 - x_hat).squeeze() ** 2).sum(-1)
