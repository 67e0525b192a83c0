# right: backward clone
import math
import torch

def langevin_step(energy, x, noise, step_size):
    leaf = torch.tensor(x.tolist(), dtype=x.dtype, requires_grad=True)
    energy(leaf).sum().backward()
    new = x.detach().clone()
    new -= step_size * leaf.grad
    new += math.sqrt(2.0 * step_size) * noise
    return new
