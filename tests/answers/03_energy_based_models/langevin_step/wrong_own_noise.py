# expect: draw none
# misconception: draws its own noise
# points: 0
import torch


def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return x - step_size * g + (2 * step_size) ** 0.5 * torch.randn_like(x)
