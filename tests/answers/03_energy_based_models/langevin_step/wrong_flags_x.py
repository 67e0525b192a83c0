# expect: x is left requiring a gradient, or with one in x.grad: use x.detach().requires_grad_(), wh
# misconception: turns requires_grad on for the caller's x
import math
import torch

def langevin_step(energy, x, noise, step_size):
    x.requires_grad_()
    (g,) = torch.autograd.grad(energy(x).sum(), x)
    return (x - step_size * g + math.sqrt(2 * step_size) * noise).detach()
