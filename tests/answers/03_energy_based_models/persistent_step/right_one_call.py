# right: one call
import torch

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for e in noises.unbind(0):
        chains = kernel(theta, chains, e)
    n, m = x_data.shape[0], chains.shape[0]
    G = energy_gradient(theta, torch.cat([x_data, chains]))
    w = torch.cat([torch.ones(n, dtype=G.dtype) / n, -torch.ones(m, dtype=G.dtype) / m])
    return torch.einsum("i,ip->p", w, G), chains
