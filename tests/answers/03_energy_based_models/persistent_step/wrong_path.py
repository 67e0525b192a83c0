# expect: not their whole path
# misconception: returns the whole path
# points: 2
import torch


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    path = []
    for noise in noises:
        chains = kernel(theta, chains, noise)
        path.append(chains)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), torch.stack(path)
