# expect: where the noise has moved x
# misconception: the gradient after the noise
import torch


def langevin_step(energy, x, noise, step_size):
    z = (x + (2 * step_size) ** 0.5 * noise).requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g).detach()
