# right: per point
import torch

def mean_gradient(energy_gradient, theta, x):
    total = torch.zeros_like(theta)
    for point in x:
        total = total + energy_gradient(theta, point[None])[0] / len(x)
    return total

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    z = chains
    for k in range(len(noises)):
        z = kernel(theta, z, noises[k])
    return mean_gradient(energy_gradient, theta, x_data) - mean_gradient(energy_gradient, theta, z), z
