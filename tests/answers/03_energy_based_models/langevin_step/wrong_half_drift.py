# expect: the step without its noise is not right: this drift belongs to the other convention, x − (
# misconception: mixes the conventions, eta/2 in the drift with sqrt(2 eta) in the noise
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size / 2 * g + math.sqrt(2 * step_size) * noise).detach()
