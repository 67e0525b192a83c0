# right: keeps all iterates and returns the last, grad detached
import math

import numpy as np
import torch


def fixed_point_inverse(g, x, num_iterations):
    zs = [x]
    for k in range(num_iterations):
        zs.append((x - g(zs[k])).detach())
    return zs[-1]
