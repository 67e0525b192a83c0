# expect: shape
# misconception: mean over the parameters as well
# points: 2


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return energy_gradient(theta, x_data).mean() - energy_gradient(theta, chains).mean(), chains
