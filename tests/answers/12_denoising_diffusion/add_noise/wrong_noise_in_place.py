# expect: noise was changed in place
# misconception: scales the noise in place
# points: 1
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    noise *= (1 - a).sqrt()
    return a.sqrt() * x_0 + noise
