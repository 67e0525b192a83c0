# right: numpy end
import numpy as np
import torch

def langevin_step(energy, x, noise, step_size, temperature=1.0):
    z = x.detach().clone().requires_grad_()
    g = torch.autograd.grad(energy(z).sum(), z)[0]
    a, ga, e = (t.detach().numpy().astype(np.float64) for t in (x, g, noise))
    out = a - step_size * ga + np.sqrt(2 * step_size * temperature) * e
    return torch.from_numpy(out).to(x.dtype)
