# expect: the step without its noise is not right: the gradient is rescaled to its direction, but it
# misconception: uses the direction of the gradient only
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    g = g / g.norm(dim=-1, keepdim=True)
    return (z - step_size * g + math.sqrt(2 * step_size) * noise).detach()
