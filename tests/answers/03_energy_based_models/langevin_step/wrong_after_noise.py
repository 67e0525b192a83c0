# expect: the step without its noise is not right: the gradient is taken where the noise has moved x
# misconception: adds the noise first and takes the gradient at the noisy point
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = (x.detach() + math.sqrt(2 * step_size) * noise).requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g).detach()
