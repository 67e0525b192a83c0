# expect: η ε: the root is missing, the noise needs √
# misconception: noise times 2 eta, without the square root
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size * g + 2 * step_size * noise).detach()
