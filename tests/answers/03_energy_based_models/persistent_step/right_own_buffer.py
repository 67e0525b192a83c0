# right: own buffer
import torch

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    frozen = theta.detach().clone()
    buffer = torch.empty_like(chains).copy_(chains)
    for noise in noises:
        buffer.copy_(kernel(frozen, buffer.clone(), noise))
    g = energy_gradient(frozen, x_data).mean(0)
    g.sub_(energy_gradient(frozen, buffer).mean(0))
    return g, buffer
