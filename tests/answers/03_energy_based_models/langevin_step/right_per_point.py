# right: per point
import math
import torch

def one(energy, point, eps, eta):
    p = point.detach().clone()[None].requires_grad_()
    g, = torch.autograd.grad(energy(p)[0], p)
    return (p - eta * g).detach()[0] + math.sqrt(2 * eta) * eps

def langevin_step(energy, x, noise, step_size):
    return torch.stack([one(energy, xi, e, step_size) for xi, e in zip(x, noise.detach())])
