# expect: ·η ε: the step size belongs under the root too, √
# misconception: reads sqrt(2 eta) as sqrt(2) eta
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g + math.sqrt(2) * step_size * noise).detach()
