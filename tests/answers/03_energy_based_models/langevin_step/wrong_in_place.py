# expect: changed in place
# misconception: changes x in place
# points: 2
import torch


def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    x -= step_size * g
    x += (2 * step_size) ** 0.5 * noise
    return x
