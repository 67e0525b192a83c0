# right: gradient by backward on a copy
import torch


def langevin_step(energy, x, noise, step_size):
    copy = x.clone().detach().requires_grad_(True)
    energy(copy).sum().backward()
    with torch.no_grad():
        return copy - step_size * copy.grad + noise * (2 * step_size) ** 0.5
