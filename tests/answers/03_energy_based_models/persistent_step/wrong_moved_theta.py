# expect: moved parameters
# misconception: returns the next parameters
# points: 2


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    g = energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0)
    return theta - 0.01 * g, chains
