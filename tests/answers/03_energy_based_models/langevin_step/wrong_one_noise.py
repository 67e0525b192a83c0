# expect: the noise term is not right: only the first row of the noise is used: each point needs its
# misconception: the first noise vector for every point
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g + math.sqrt(2 * step_size) * noise[0]).detach()
