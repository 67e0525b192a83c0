# right: t accumulated, recursion
import math

import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    dt = 1.0 / num_steps
    def go(x, t, left):
        if left == 0:
            return log_base(x), x
        u = x.detach().requires_grad_()
        v = velocity(u, t)
        row = torch.autograd.grad(v, u, probe)[0]
        lp, z = go((x + dt * v).detach(), t + dt, left - 1)
        return lp + dt * (row * probe).sum(1), z
    return go(x, 0.0, num_steps)
