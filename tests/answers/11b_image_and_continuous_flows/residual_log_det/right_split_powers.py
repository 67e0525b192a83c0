# right: v^T J^k v as (J^T)^a v . J^b v with a + b = k
import math

import numpy as np
import torch


def residual_log_det(g, z, probes, num_terms):
    z = z.detach()
    _, pull = torch.func.vjp(g, z)
    total = torch.zeros(z.shape[0], dtype=z.dtype)
    for v in probes:
        left, right = v, v
        for k in range(1, num_terms + 1):
            if k % 2:
                left = pull(left)[0]
            else:
                right = torch.func.jvp(g, (z,), (right,))[1]
            total += (-1) ** (k + 1) * (left * right).sum(1) / k
    return total / len(probes)
