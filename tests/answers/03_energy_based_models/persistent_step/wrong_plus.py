# expect: the gradient is not right: data and chains enter with the same sign
# misconception: adds the two means
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return energy_gradient(theta, x_data).mean(0) + energy_gradient(theta, chains).mean(0), chains
