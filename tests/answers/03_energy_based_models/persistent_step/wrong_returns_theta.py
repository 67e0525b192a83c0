# expect: the gradient is not right: these are the moved parameters: return the gradient itself
# misconception: returns the updated parameters instead of the gradient
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    g = energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0)
    return theta - 0.1 * g, chains
