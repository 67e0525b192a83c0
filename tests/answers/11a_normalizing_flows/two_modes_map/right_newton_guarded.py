# right: Newton steps, and a halving where they leave the interval
import math

import torch


def two_modes_map(z, m, s):
    low, high = torch.full_like(z, -m - 9 * s), torch.full_like(z, m + 9 * s)
    x, aim = m * torch.sign(z) + s * z, torch.special.ndtr(z)
    for _ in range(200):
        f = (torch.special.ndtr((x + m) / s) + torch.special.ndtr((x - m) / s)) / 2 - aim
        low, high = torch.where(f < 0, x, low), torch.where(f < 0, high, x)
        p = (torch.exp(-((x + m) / s) ** 2 / 2) + torch.exp(-((x - m) / s) ** 2 / 2)) / (2 * s * math.sqrt(2 * math.pi))
        step = x - f / p
        bad = ~((step > low) & (step < high)) | (_ % 2 == 1)
        x = torch.where(bad, (low + high) / 2, step)
    log_p = torch.logaddexp(-((x + m) / s) ** 2 / 2, -((x - m) / s) ** 2 / 2) - math.log(2 * s * math.sqrt(2 * math.pi))
    return x, -z**2 / 2 - math.log(2 * math.pi) / 2 - log_p
