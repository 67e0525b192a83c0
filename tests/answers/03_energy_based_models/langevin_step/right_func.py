# right: torch.func
import torch


def langevin_step(energy, x, noise, step_size):
    g = torch.func.grad(lambda z: energy(z).sum())(x)
    return (x - step_size * g + (2 * step_size) ** 0.5 * noise).detach()
