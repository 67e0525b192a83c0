# expect: x_0 is not scaled down
# misconception: keeps the data as they are
import torch


def add_noise(x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    return x_0 + (1 - alpha_bar).sqrt() * noise
