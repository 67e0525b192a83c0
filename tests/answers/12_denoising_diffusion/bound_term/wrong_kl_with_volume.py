# expect: an entropy is in it
# misconception: adds ½ log(2π e β̃) per coordinate: an entropy, not a KL
# points: 0
import math
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = torch.cumprod(1 - betas, 0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    snr = bar / (1 - bar)
    tilde = (1 - before) / (1 - now) * beta
    x_hat = (x_t - (1 - now).sqrt() * eps_hat) / now.sqrt()
    entropy = 0.5 * x_0.shape[1] * torch.log(2 * math.pi * math.e * tilde)
    return (snr[t - 2] - snr[t - 1]) / 2 * ((x_0 - x_hat) ** 2).sum(1) + entropy
