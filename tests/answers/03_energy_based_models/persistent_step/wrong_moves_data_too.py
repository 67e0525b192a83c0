# expect: the gradient should be about
# misconception: the data are moved by the sampler as well before the gradient is taken
import torch

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
        x_data = kernel(theta, x_data, torch.zeros_like(x_data))
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
