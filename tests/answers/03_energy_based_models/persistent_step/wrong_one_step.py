# expect: the gradient is not right: it is taken at other chains than the new ones: only one step is
# misconception: one step an iteration is all
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    chains = kernel(theta, chains, noises[0])
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
