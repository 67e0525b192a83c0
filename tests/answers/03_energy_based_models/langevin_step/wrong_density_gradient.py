# expect: the step without its noise should be about
# misconception: differentiates exp(-U) instead of U
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(torch.exp(-energy(z)).sum(), z)
    return (z + step_size * g + math.sqrt(2 * step_size) * noise).detach()
