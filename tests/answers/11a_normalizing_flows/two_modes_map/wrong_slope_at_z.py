# expect: p is taken at z
# misconception: evaluates p at z
# points: 2
import math

import torch


def two_modes_map(z, m, s):
    low, high = torch.full_like(z, -m - 10 * s), torch.full_like(z, m + 10 * s)
    for _ in range(100):
        x = (low + high) / 2
        small = (torch.special.ndtr((x + m) / s) + torch.special.ndtr((x - m) / s)) / 2 < torch.special.ndtr(z)
        low, high = torch.where(small, x, low), torch.where(small, high, x)
    log_p = torch.logaddexp(-((z + m) / s) ** 2 / 2, -((z - m) / s) ** 2 / 2) - math.log(2 * s * math.sqrt(2 * math.pi))
    return x, -z**2 / 2 - math.log(2 * math.pi) / 2 - log_p
