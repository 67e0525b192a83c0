# expect: last noise is left out
# misconception: one step too few
# points: 0


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises[:-1]:
        chains = kernel(theta, chains, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
