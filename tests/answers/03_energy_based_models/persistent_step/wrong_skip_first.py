# expect: the gradient is not right: it is taken at other chains than the new ones: one step too few
# misconception: off by one, the first noise is never used
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for t in range(1, len(noises)):
        chains = kernel(theta, chains, noises[t])
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
