# expect: η ε
# misconception: noise η
# points: 2
import torch


def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return x - step_size * g + step_size * noise
