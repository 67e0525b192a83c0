# expect: x_t should be about
# misconception: sorts the schedule first, since the β must grow with t
# points: 0
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - betas.sort().values, 0)[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
