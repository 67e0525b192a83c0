# expect: time is reversed
# misconception: thinks that t = 1 is noise
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[len(betas) - t][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
