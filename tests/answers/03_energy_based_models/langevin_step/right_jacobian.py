# right: jacobian
import math
import torch

def langevin_step(energy, x, noise, step_size):
    J = torch.autograd.functional.jacobian(energy, x.detach())     # (n, n, dim)
    g = torch.einsum("iid->id", J)
    return x.detach() + math.sqrt(2 * step_size) * noise.detach() - step_size * g.detach()
