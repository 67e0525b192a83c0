# expect: 12 were asked for
# misconception: stops when close with loose tolerance
import math

import numpy as np
import torch


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        new = x - g(z)
        if (new - z).abs().max() < 0.05:
            return new
        z = new
    return z
