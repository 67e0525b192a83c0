# expect: the gradient is not right: the formula is right for the chains you return, but these are n
# misconception: chain j takes the steps with noises[:, j] of the first chain only
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for t in range(len(noises)):
        chains = kernel(theta, chains, noises[t, :1].expand_as(chains))
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
