# right: returns numpy, numpy arithmetic in the given precision
import math

import numpy as np
import torch


def fixed_point_inverse(g, x, num_iterations):
    X = x.detach().numpy()
    z = X.copy()
    for _ in range(num_iterations):
        z = X - g(torch.from_numpy(z)).detach().numpy()
    return z
