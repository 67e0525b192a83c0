# right: recomputes g every time with create_graph (result carries a graph)
import math

import numpy as np
import torch


def residual_log_det(g, z, probes, num_terms):
    z = z.clone().requires_grad_()
    total = 0
    for v in probes:
        w = v
        for k in range(1, num_terms + 1):
            w = torch.autograd.grad(g(z), z, grad_outputs=w, create_graph=True)[0]
            total = total + math.pow(-1, k + 1) / k * (w * v).sum(dim=1)
    return total / probes.shape[0]
