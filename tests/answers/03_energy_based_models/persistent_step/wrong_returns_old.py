# expect: have not moved
# misconception: returns the old chains
# points: 2


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    new = chains
    for noise in noises:
        new = kernel(theta, new, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, new).mean(0), chains
