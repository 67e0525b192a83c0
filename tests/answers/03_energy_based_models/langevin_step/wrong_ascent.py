# expect: the step without its noise is not right: the step goes uphill in energy; p ∝ exp(−U) is li
# misconception: climbs the energy, plus sign in the drift
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z + step_size * g + math.sqrt(2 * step_size) * noise).detach()
