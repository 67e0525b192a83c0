# right: Newton's method from outside comes down to the root without jumping
import math

import torch


def two_modes_map(z, m, s):
    x = m * torch.sign(z) + s * z
    for _ in range(100):
        f = (torch.special.ndtr((x + m) / s) + torch.special.ndtr((x - m) / s)) / 2 - torch.special.ndtr(z)
        p = (torch.exp(-((x + m) / s) ** 2 / 2) + torch.exp(-((x - m) / s) ** 2 / 2)) / (2 * s * math.sqrt(2 * math.pi))
        x = x - f / p
    log_p = torch.logaddexp(-((x + m) / s) ** 2 / 2, -((x - m) / s) ** 2 / 2) - math.log(2 * s * math.sqrt(2 * math.pi))
    return x, -z**2 / 2 - math.log(2 * math.pi) / 2 - log_p
