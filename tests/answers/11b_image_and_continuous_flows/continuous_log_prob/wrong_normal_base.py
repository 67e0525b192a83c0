# expect: not the standard normal
# misconception: standard normal assumed
import math

import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    integral = torch.zeros(len(x), dtype=x.dtype)
    for k in range(num_steps):
        x = x.detach().clone().requires_grad_()
        v = velocity(x, k / num_steps)
        (row,) = torch.autograd.grad(v, x, probe)
        integral = integral + (row * probe).sum(1) / num_steps
        x = (x + v / num_steps).detach()
    return ((-(x**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi)) + integral).detach(), x
