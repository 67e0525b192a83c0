# right: in-place buffer under no_grad
import math

import numpy as np
import torch


def fixed_point_inverse(g, x, num_iterations):
    z = x.clone()
    with torch.no_grad():
        for _ in range(num_iterations):
            z.copy_(x).sub_(g(z.clone())) if False else z.copy_(x - g(z))
    return z
