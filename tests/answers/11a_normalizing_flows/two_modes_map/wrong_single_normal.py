# expect: a normal law of the same mean and variance
# misconception: matches the variance only
# points: 0
import math

import torch


def two_modes_map(z, m, s):
    scale = math.sqrt(m**2 + s**2)
    return scale * z, torch.full_like(z, math.log(scale))
