# expect: x was changed in place: work on a copy, or with x − ..., not x -=
# misconception: updates the caller's x in place and returns it
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().clone().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    x -= step_size * g
    x += math.sqrt(2 * step_size) * noise
    return x
