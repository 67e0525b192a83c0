# expect: φ is taken at x
# misconception: evaluates φ at x
# points: 2
import math

import torch


def two_modes_map(z, m, s):
    low, high = torch.full_like(z, -m - 10 * s), torch.full_like(z, m + 10 * s)
    for _ in range(100):
        x = (low + high) / 2
        small = (torch.special.ndtr((x + m) / s) + torch.special.ndtr((x - m) / s)) / 2 < torch.special.ndtr(z)
        low, high = torch.where(small, x, low), torch.where(small, high, x)
    log_p = torch.logaddexp(-((x + m) / s) ** 2 / 2, -((x - m) / s) ** 2 / 2) - math.log(2 * s * math.sqrt(2 * math.pi))
    return x, -x**2 / 2 - math.log(2 * math.pi) / 2 - log_p
