# right: t from np.linspace (numpy floats)
import math

import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    integral = 0
    for t in np.linspace(0, 1, num_steps, endpoint=False):
        x = x.detach().requires_grad_()
        v = velocity(x, t)
        (row,) = torch.autograd.grad(v, x, probe)
        integral = integral + (row * probe).sum(1) / num_steps
        x = x + v / num_steps
    return log_base(x) + integral, x
