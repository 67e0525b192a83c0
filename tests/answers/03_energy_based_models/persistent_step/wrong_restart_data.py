# expect: the gradient is not right: it is taken at other chains than the new ones: the chains start
# misconception: contrastive divergence, the chains start at the data
import torch

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    m = len(chains)
    z = x_data[torch.arange(m) % len(x_data)]
    for noise in noises:
        z = kernel(theta, z, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, z).mean(0), z
