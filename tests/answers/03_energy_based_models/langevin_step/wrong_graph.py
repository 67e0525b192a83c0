# expect: graph
# misconception: returns a graph
# points: 2
import torch


def langevin_step(energy, x, noise, step_size):
    z = x.clone().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return z - step_size * g + (2 * step_size) ** 0.5 * noise
