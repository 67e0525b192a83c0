# expect: x_t
# misconception: adds up the betas
import torch


def add_noise(x_0, t, noise, betas):
    a = 1 - torch.cumsum(betas, 0)[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
