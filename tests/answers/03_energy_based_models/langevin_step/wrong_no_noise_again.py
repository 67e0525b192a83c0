# expect: the noise term is not right: the noise is missing: this is gradient descent
# misconception: gradient descent, no noise
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g).detach()
