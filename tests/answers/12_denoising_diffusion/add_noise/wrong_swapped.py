# expect: exchanged
# misconception: the factors are exchanged
import torch


def add_noise(x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    return (1 - alpha_bar).sqrt() * x_0 + alpha_bar.sqrt() * noise
