# expect: the maps to the two modes are averaged
# misconception: averages the maps to the modes
# points: 0
import math

import torch


def two_modes_map(z, m, s):
    return ((m + s * z) + (-m + s * z)) / 2, torch.full_like(z, math.log(s))
