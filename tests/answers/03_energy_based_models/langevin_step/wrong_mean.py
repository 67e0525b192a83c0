# expect: the step without its noise is not right: the drift is divided by the number of points: the
# misconception: differentiates the mean energy, drift shrinks with n
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).mean(), z)
    return (z - step_size * g + math.sqrt(2 * step_size) * noise).detach()
