# expect: one step too early
# misconception: pads a one in front and still subtracts one
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, 0)])[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
