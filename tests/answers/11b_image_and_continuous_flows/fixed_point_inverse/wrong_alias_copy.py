# expect: x was changed in place
# misconception: writes over x via copy_
import math

import numpy as np
import torch


def fixed_point_inverse(g, x, num_iterations):
    z = x
    original = x.clone()
    for _ in range(num_iterations):
        z.copy_(original - g(z))
    return z
