# expect: x is left alone, which counts once drift or noise are right
# misconception: stores the chain in 16-bit brain floats
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g + math.sqrt(2 * step_size) * noise).detach().bfloat16().to(x.dtype)
