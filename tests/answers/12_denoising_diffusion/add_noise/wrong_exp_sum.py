# expect: only in the limit of small β
# misconception: continuous-time formula
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.exp(-torch.cumsum(betas, 0))[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
