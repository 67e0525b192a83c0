# expect: theta itself was changed
# misconception: moves the parameters itself
# points: 0


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    g = energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0)
    theta -= 0.1 * g
    return g, chains
