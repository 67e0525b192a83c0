# right: gradient of the scalar (v . e).sum(), two passes: path first, divergence later
import math

import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    path = [x.detach()]
    times = [k / num_steps for k in range(num_steps)]
    with torch.no_grad():
        for t in times:
            path.append(path[-1] + velocity(path[-1], t) / num_steps)
    acc = torch.zeros(len(x), dtype=x.dtype)
    for p, t in zip(path[:-1], times):
        p = p.clone().requires_grad_()
        (velocity(p, t) * probe).sum().backward()
        acc += (p.grad * probe).sum(dim=1)
    return log_base(path[-1]) + acc / num_steps, path[-1]
