# right: works with |z| and mirrors the result
import math

import torch


def two_modes_map(z, m, s):
    u = z.abs()
    low, high = torch.zeros_like(u), m + s * (u + 1)
    tail = torch.special.ndtr(-u)
    for _ in range(70):
        x = (low + high) / 2
        left = (torch.special.ndtr((m - x) / s) + torch.special.ndtr(-(m + x) / s)) / 2 > tail
        low, high = torch.where(left, x, low), torch.where(left, high, x)
    x = torch.copysign((low + high) / 2, z)
    log_p = torch.logsumexp(torch.stack([-((x + m) / s) ** 2 / 2, -((x - m) / s) ** 2 / 2]), dim=0)
    return x, math.log(2 * s) - z**2 / 2 - log_p
