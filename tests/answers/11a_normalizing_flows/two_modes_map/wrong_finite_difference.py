# expect: finite difference over 0.001 steps
# misconception: differentiates the map numerically
# points: 2
import math

import torch


def quantile(z, m, s):
    low, high = torch.full_like(z, -m - 10 * s), torch.full_like(z, m + 10 * s)
    for _ in range(100):
        x = (low + high) / 2
        small = (torch.special.ndtr((x + m) / s) + torch.special.ndtr((x - m) / s)) / 2 < torch.special.ndtr(z)
        low, high = torch.where(small, x, low), torch.where(small, high, x)
    return x


def two_modes_map(z, m, s):
    return quantile(z, m, s), torch.log((quantile(z + 1e-3, m, s) - quantile(z - 1e-3, m, s)) / 2e-3)
