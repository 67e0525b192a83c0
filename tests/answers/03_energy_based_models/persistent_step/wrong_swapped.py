# expect: two results are swapped
# misconception: chains first
# points: 0


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return chains, energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0)
