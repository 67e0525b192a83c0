# right: autograd.grad with is_grads_batched
import math

import numpy as np
import torch


def residual_log_det(g, z, probes, num_terms):
    z = z.detach().requires_grad_(True)
    with torch.enable_grad():
        out = g(z)
    w = probes
    terms = []
    for k in range(1, num_terms + 1):
        w = torch.autograd.grad(out, z, w, retain_graph=True, is_grads_batched=True)[0]
        terms.append((w * probes).sum(-1).mean(0) * (1 if k % 2 == 1 else -1) / k)
    return sum(terms).detach()
