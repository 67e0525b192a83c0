# expect: x was changed in place
# misconception: x += in place on the argument
import math

import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    y = x
    integral = torch.zeros(len(x), dtype=x.dtype)
    for k in range(num_steps):
        x = y.detach().clone().requires_grad_()
        v = velocity(x, k / num_steps)
        (row,) = torch.autograd.grad(v, x, probe)
        integral = integral + (row * probe).sum(1) / num_steps
        y += v.detach() / num_steps
    return (log_base(y) + integral).detach(), y
