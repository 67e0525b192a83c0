# expect: the step without its noise should be about
# misconception: clips the gradient to [-0.5, 0.5] to keep the chain stable
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g.clamp(-0.5, 0.5) + math.sqrt(2 * step_size) * noise).detach()
