# expect: t was changed in place
# misconception: t -= 1 changes the tensor of the caller
# points: 1
import torch


def add_noise(x_0, t, noise, betas):
    t -= 1
    a = torch.cumprod(1 - betas, 0)[t][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
