# expect: taken after the step
# misconception: divergence at x_{k+1}, t_{k+1}
import math

import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    integral = torch.zeros(len(x), dtype=x.dtype)
    for k in range(num_steps):
        x = x.detach().clone().requires_grad_()
        x = (x + velocity(x, k / num_steps) / num_steps).detach().requires_grad_()
        v = velocity(x, (k + 1) / num_steps)
        (row,) = torch.autograd.grad(v, x, probe)
        integral = integral + (row * probe).sum(1) / num_steps
    return (log_base(x) + integral).detach(), x
