# expect: scaled with 1 − √ᾱ_t
# misconception: takes 1 minus the root
import torch


def add_noise(x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    return alpha_bar.sqrt() * x_0 + (1 - alpha_bar.sqrt()) * noise
