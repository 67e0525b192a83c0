# expect: old chains
# misconception: gradient before the chains move
# points: 2


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    g = energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0)
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return g, chains
