# right: one call of energy_gradient for both, a list as result
import torch


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises.unbind(0):
        chains = kernel(theta, chains, noise)
    both = energy_gradient(theta, torch.cat([x_data, chains]))
    return [both[:len(x_data)].mean(0) - both[len(x_data):].mean(0), chains]
