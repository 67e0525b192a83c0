# expect: z is left requiring a gradient
# misconception: sets requires_grad on the argument itself
import math

import numpy as np
import torch


def residual_log_det(g, z, probes, num_terms):
    z.requires_grad_()
    out = g(z)
    total = 0
    for v in probes:
        w = v
        for k in range(1, num_terms + 1):
            (w,) = torch.autograd.grad(out, z, w, retain_graph=True)
            total = total + (-1) ** (k + 1) / k * (w * v).sum(1)
    return total / len(probes)
