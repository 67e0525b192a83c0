# expect: row i has its own
# misconception: noises all rows up to the largest t
# points: 1
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.prod(1 - betas[:int(t.max())])
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
