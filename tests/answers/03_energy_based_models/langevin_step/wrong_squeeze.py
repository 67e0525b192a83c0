# expect: the numbers may be right: reshape them, or drop the axis of length
# misconception: squeezes the result, which loses an axis when n or dim is 1
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g + math.sqrt(2 * step_size) * noise).detach().squeeze()
