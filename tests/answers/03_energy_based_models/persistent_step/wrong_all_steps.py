# expect: averaged over all steps
# misconception: the model term averages over all steps
# points: 2
import torch


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    visited = []
    for noise in noises:
        chains = kernel(theta, chains, noise)
        visited.append(energy_gradient(theta, chains).mean(0))
    return energy_gradient(theta, x_data).mean(0) - torch.stack(visited).mean(0), chains
