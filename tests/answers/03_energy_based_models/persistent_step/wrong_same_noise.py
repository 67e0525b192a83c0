# expect: same noise, the first
# misconception: the first noise in every step
# points: 0


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for _ in noises:
        chains = kernel(theta, chains, noises[0])
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
