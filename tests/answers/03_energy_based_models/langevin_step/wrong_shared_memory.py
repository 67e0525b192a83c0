# expect: x was changed in place: work on a copy, or with x − ..., not x -=
# misconception: detach() makes a copy, so writing into it is safe
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    new = z.detach()
    new.add_(-step_size * g + math.sqrt(2 * step_size) * noise)
    return new
