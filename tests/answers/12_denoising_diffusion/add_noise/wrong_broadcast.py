# expect: must match the size
# misconception: forgets that ᾱ runs over rows
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
