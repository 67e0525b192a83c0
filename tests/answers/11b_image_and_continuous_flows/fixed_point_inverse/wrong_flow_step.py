# expect: divided by num_iterations
# misconception: divides step by number
import math

import numpy as np
import torch


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = z - g(z) / num_iterations
    return z
