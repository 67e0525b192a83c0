# expect: the gradient is not right: the formula is right for the chains you return, but these are n
# misconception: moves a copy of theta between the sampler's steps
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    data = energy_gradient(theta, x_data).mean(0)
    for noise in noises:
        chains = kernel(theta, chains, noise)
        g = data - energy_gradient(theta, chains).mean(0)
        theta = theta - 0.1 * g
    return g, chains
