# expect: the step without its noise should be about
# misconception: differentiates only the first point's energy
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z)[0], z)
    return (z - step_size * g + math.sqrt(2 * step_size) * noise).detach()
