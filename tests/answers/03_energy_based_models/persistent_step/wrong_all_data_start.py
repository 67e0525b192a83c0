# expect: one row of noise for each chain
# misconception: starts from all data
# points: 0


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    chains = x_data
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
