# expect: the same arguments gave another result: use the noise that is passed in, draw none
# misconception: draws fresh noise instead of using the noise passed
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g + math.sqrt(2 * step_size) * torch.randn_like(z)).detach()
