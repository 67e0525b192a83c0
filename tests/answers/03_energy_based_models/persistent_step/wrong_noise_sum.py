# expect: the gradient is not right: it is taken at other chains than the new ones: the noises are a
# misconception: one step with the sum of the noises is the same as many steps
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    new = kernel(theta, chains, noises.sum(0))
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, new).mean(0), new
