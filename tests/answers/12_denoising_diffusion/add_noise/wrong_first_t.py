# expect: row i has its own
# misconception: one t for the whole batch
# points: 1
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t[0] - 1]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
