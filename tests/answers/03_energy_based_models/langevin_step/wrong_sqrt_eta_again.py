# expect: the noise term is not right: this is √η ε: the noise needs √
# misconception: noise scaled by sqrt(eta) instead of sqrt(2 eta)
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g + math.sqrt(step_size) * noise).detach()
