# right: step by step: the same noise taken apart over the steps is not needed, the scales are
import torch


def add_noise(x_0, t, noise, betas):
    signal, variance = torch.ones(len(t), 1, dtype=x_0.dtype), torch.zeros(len(t), 1, dtype=x_0.dtype)
    for s, beta in enumerate(betas, 1):
        on = (t >= s)[:, None]
        signal = torch.where(on, (1 - beta).sqrt() * signal, signal)
        variance = torch.where(on, (1 - beta) * variance + beta, variance)
    return signal * x_0 + variance.sqrt() * noise
