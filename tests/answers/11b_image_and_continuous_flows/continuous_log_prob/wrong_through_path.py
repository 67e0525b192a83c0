# expect: detach it
# misconception: no detach: gradient w.r.t. the start x0
import math

import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    integral = torch.zeros(len(x), dtype=x.dtype)
    x0 = x.detach().clone().requires_grad_()
    x = x0
    for k in range(num_steps):
        v = velocity(x, k / num_steps)
        (row,) = torch.autograd.grad(v, x0, probe, retain_graph=True)
        integral = integral + (row * probe).sum(1) / num_steps
        x = x + v / num_steps
    return (log_base(x) + integral).detach(), x
