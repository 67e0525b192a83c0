# expect: other convention
# misconception: the other convention
# points: 0
import torch


def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return x - step_size / 2 * g + step_size ** 0.5 * noise
