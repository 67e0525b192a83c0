# right: grad outputs
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().clone().requires_grad_(True)
    u = energy(z)
    g = torch.autograd.grad(u, z, grad_outputs=torch.ones_like(u))[0]
    with torch.no_grad():
        return z - step_size * g + (2 * step_size) ** 0.5 * noise
