# expect: the gradient is not right: it is taken at other chains than the new ones: the chains start
# misconception: the chains start afresh from the first noise
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    z = noises[0]
    for noise in noises:
        z = kernel(theta, z, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, z).mean(0), z
