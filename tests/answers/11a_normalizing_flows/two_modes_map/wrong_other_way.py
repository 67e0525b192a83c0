# expect: from the mixture to N(0, 1)
# misconception: inverts the map
# points: 0
import math

import torch


def two_modes_map(z, m, s):
    mass = (torch.special.ndtr((z + m) / s) + torch.special.ndtr((z - m) / s)) / 2
    x = torch.special.ndtri(mass)
    log_p = torch.logaddexp(-((x + m) / s) ** 2 / 2, -((x - m) / s) ** 2 / 2) - math.log(2 * s * math.sqrt(2 * math.pi))
    return x, -z**2 / 2 - math.log(2 * math.pi) / 2 - log_p
