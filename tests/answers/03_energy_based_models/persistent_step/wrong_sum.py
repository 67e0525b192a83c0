# expect: summed, not averaged
# misconception: sums instead of means
# points: 2


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return energy_gradient(theta, x_data).sum(0) - energy_gradient(theta, chains).sum(0), chains
