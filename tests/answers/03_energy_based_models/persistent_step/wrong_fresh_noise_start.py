# expect: draw none
# misconception: starts from fresh noise
# points: 0
import torch


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    chains = torch.randn_like(chains)
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
