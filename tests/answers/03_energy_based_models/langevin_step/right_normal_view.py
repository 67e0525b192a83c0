# right: normal view
import math
import torch

def langevin_step(energy, x, noise, step_size):
    # the new point is a Gaussian with mean x - eta grad U and variance 2 eta
    z = x.detach().requires_grad_()
    grads = [torch.autograd.grad(u, z, retain_graph=True)[0][i] for i, u in enumerate(energy(z))]
    mean = x.detach() - step_size * torch.stack(grads)
    return mean + noise.detach() * torch.full_like(mean, 2 * step_size).sqrt()
