# expect: times what it should be, the same factor in every entry
# misconception: hard-codes the step size 0.1 in the noise
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g + math.sqrt(0.2) * noise).detach()
