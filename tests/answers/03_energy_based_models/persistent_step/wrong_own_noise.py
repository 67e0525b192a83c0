# expect: the same arguments gave another result: use the noises that are passed in, draw none
# misconception: draws its own noise from the global generator
import torch

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for _ in noises:
        chains = kernel(theta, chains, torch.randn_like(chains))
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
