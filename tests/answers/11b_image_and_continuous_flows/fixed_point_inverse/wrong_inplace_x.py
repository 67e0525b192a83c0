# expect: x was changed in place
# misconception: in place: z is x
import math

import numpy as np
import torch


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z -= g(z)
    return z
