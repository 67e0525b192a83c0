# expect: the gradient is not right: it is averaged over all steps of the chains; only where they en
# misconception: averages the model term over the whole trajectory
import torch

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    path = []
    for noise in noises:
        chains = kernel(theta, chains, noise)
        path.append(energy_gradient(theta, chains).mean(0))
    return energy_gradient(theta, x_data).mean(0) - torch.stack(path).mean(0), chains
