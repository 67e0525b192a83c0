# expect: not the sum of w
# misconception: sums w without v
import math

import numpy as np
import torch


def residual_log_det(g, z, probes, num_terms):
    z = z.detach().clone().requires_grad_()
    out = g(z)
    total = torch.zeros(len(z), dtype=z.dtype)
    for v in probes:
        w = v
        for k in range(1, num_terms + 1):
            (w,) = torch.autograd.grad(out, z, w, retain_graph=True)
            total = total + (-1) ** (k + 1) / k * w.sum(1)
    return total / len(probes)
