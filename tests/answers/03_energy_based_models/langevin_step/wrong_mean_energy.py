# expect: divided by the number of points
# misconception: gradient of the mean energy
# points: 2
import torch


def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).mean(), z)
    return x - step_size * g + (2 * step_size) ** 0.5 * noise
