# expect: it belongs to z
# misconception: jacobian at x = z + g(z)
import math

import numpy as np
import torch


def residual_log_det(g, z, probes, num_terms):
    z = (z + g(z)).detach()
    total = 0
    for v in probes:
        w = v
        for k in range(1, num_terms + 1):
            w = torch.func.jvp(g, (z,), (w,))[1]
            total = total + (-1) ** (k + 1) / k * (w * v).sum(1)
    return total / len(probes)
