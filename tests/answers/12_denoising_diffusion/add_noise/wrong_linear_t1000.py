# expect: x_t should be about
# misconception: ignores betas: the linear schedule of the paper with T = 1000
# points: 0
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
