# expect: the new x carries a graph, which grows with every step: detach what you return
# misconception: forgets the final detach, the result carries a graph
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z, create_graph=True)
    return z - step_size * g + math.sqrt(2 * step_size) * noise
