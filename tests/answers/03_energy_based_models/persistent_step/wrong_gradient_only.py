# expect: Expected two things
# misconception: returns the gradient only
# points: 0


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0)
