# expect: the step without its noise is not right: all points move by the mean gradient, but each ha
# misconception: one gradient, averaged over the points, for all of them
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    g = g.mean(dim=0, keepdim=True)
    return (z - step_size * g + math.sqrt(2 * step_size) * noise).detach()
