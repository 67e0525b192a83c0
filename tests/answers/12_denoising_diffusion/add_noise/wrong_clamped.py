# expect: x_t should be about
# misconception: clamps the noisy pixels to -1 ... 1
# points: 0
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    return (a.sqrt() * x_0 + (1 - a).sqrt() * noise).clamp(-1, 1)
