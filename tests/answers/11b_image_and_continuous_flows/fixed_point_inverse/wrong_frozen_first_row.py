# expect: the first row of x
# misconception: reference is first row of x
import math

import numpy as np
import torch


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = x[:1] - g(z)
    return z
