# right: point by point
import math

import torch


def langevin_step(energy, x, noise, step_size):
    rows = []
    for xi, ei in zip(x, noise):
        z = xi.detach()[None].requires_grad_()
        grad = torch.autograd.grad(energy(z)[0], z)[0][0]
        rows.append(xi - step_size * grad + math.sqrt(2 * step_size) * ei)
    return torch.stack(rows).detach()
