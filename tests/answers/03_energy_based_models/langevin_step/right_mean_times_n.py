# right: mean times n
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    n = x.shape[0]
    (g,) = torch.autograd.grad(energy(z).mean() * n, z)
    return torch.add(x.detach(), g, alpha=-step_size).add_(noise.detach(), alpha=math.sqrt(2 * step_size))
