# expect: both need the root
# misconception: mixes with ᾱ and 1 - ᾱ
import torch


def add_noise(x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    return alpha_bar * x_0 + (1 - alpha_bar) * noise
