# expect: in the weight, ᾱ is taken one step too late
# misconception: SNR at t and t + 1
# points: 0
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    snr = bar / (1 - bar)
    x_hat = (x_t - (1 - bar[t - 1]).sqrt() * eps_hat) / bar[t - 1].sqrt()
    return (snr[t - 1] - snr[min(t, len(betas) - 1)]) / 2 * ((x_0 - x_hat) ** 2).sum(1)
