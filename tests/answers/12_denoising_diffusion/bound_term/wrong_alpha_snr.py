# expect: weight: the term
# misconception: SNR with α_t instead of ᾱ_t
# points: 1
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    snr = (1 - betas) / betas
    x_hat = (x_t - (1 - bar[t - 1]).sqrt() * eps_hat) / bar[t - 1].sqrt()
    return (snr[t - 2] - snr[t - 1]).abs() / 2 * ((x_0 - x_hat) ** 2).sum(1)
