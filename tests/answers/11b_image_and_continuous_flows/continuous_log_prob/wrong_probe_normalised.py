# expect: the probe is rescaled
# misconception: probe normalised to length sqrt(dim)
import math

import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    probe = probe / probe.norm(dim=1, keepdim=True) * probe.shape[1] ** 0.5
    integral = torch.zeros(len(x), dtype=x.dtype)
    for k in range(num_steps):
        x = x.detach().clone().requires_grad_()
        v = velocity(x, k / num_steps)
        (row,) = torch.autograd.grad(v, x, probe)
        integral = integral + (row * probe).sum(1) / num_steps
        x = (x + v / num_steps).detach()
    return (log_base(x) + integral).detach(), x
