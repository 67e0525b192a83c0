# expect: one step too late
# misconception: indexes the T products with t itself
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
