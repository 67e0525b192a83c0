# expect: the step without its noise is not right: x itself is missing: the step is added to it
# misconception: returns the increment instead of the new point
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (-step_size * g + math.sqrt(2 * step_size) * noise).detach()
