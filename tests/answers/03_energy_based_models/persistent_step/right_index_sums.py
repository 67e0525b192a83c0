# right: index sums
import torch

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    state = chains.clone()
    t = 0
    while t < noises.shape[0]:
        state = kernel(theta, state, noises[t])
        t += 1
    up = torch.sum(energy_gradient(theta, x_data), 0) / x_data.shape[0]
    down = torch.sum(energy_gradient(theta, state), 0) / state.shape[0]
    return (-down + up, state)
