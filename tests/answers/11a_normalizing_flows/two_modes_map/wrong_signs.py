# expect: tears the line apart at 0
# misconception: moves each half of the line
# points: 0
import math

import torch


def two_modes_map(z, m, s):
    x = m * torch.sign(z) + s * z
    log_p = torch.logaddexp(-((x + m) / s) ** 2 / 2, -((x - m) / s) ** 2 / 2) - math.log(2 * s * math.sqrt(2 * math.pi))
    return x, -z**2 / 2 - math.log(2 * math.pi) / 2 - log_p
