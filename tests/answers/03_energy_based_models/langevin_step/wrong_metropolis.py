# expect: x is left alone, which counts once drift or noise are right
# misconception: rejects every move that raises the energy
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    u = energy(z)
    (g,) = torch.autograd.grad(u.sum(), z)
    new = (z - step_size * g + math.sqrt(2 * step_size) * noise).detach()
    return torch.where((energy(new) < u).detach()[:, None], new, x)
