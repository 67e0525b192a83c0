# right: numpy mean
import numpy as np
import torch

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for i in range(noises.size(0)):
        chains = kernel(theta, chains, noises[i])
    a = energy_gradient(theta, x_data).detach().numpy().astype(np.float64)
    b = energy_gradient(theta, chains).detach().numpy().astype(np.float64)
    return torch.from_numpy(a.mean(axis=0) - b.mean(axis=0)).to(theta.dtype), chains
