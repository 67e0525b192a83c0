# expect: requiring a gradient
# misconception: x is left requiring a gradient
# points: 2
import torch


def langevin_step(energy, x, noise, step_size):
    x.requires_grad_()
    (g,) = torch.autograd.grad(energy(x).sum(), x)
    return (x - step_size * g + (2 * step_size) ** 0.5 * noise).detach()
