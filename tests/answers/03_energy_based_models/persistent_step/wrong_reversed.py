# expect: opposite order
# misconception: noises in the opposite order
# points: 0


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises.flip(0):
        chains = kernel(theta, chains, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
