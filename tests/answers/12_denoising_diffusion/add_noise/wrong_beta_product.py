# expect: the β are multiplied
# misconception: cumprod of betas
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(betas, 0)[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
