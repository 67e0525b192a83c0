# expect: the step without its noise is off by the same constant, -
# misconception: a forward difference with h = 0.1 is a gradient
import math
import torch

def langevin_step(energy, x, noise, step_size):
    x = x.detach()
    g = torch.zeros_like(x)
    for d in range(x.shape[1]):
        h = torch.zeros_like(x)
        h[:, d] = 0.1
        g[:, d] = ((energy(x + h) - energy(x)) / 0.1).detach()
    return x - step_size * g + math.sqrt(2 * step_size) * noise
