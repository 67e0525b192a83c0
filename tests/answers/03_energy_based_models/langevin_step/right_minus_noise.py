# right: minus the noise: the same law
import math

import torch


def langevin_step(energy, x, noise, step_size):
    z = x.detach().clone().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return x - step_size * g - math.sqrt(2 * step_size) * noise
