# expect: this is g(z) − x
# misconception: g(z) - x
import math

import numpy as np
import torch


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = g(z) - x
    return z
