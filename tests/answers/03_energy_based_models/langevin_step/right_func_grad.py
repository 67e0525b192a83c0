# right: func grad
import torch

def langevin_step(energy, x, noise, step_size):
    drift = torch.func.grad(lambda z: energy(z).sum())(x.detach())
    return (x.detach() - step_size * drift + noise * (2 * step_size) ** 0.5).detach()
