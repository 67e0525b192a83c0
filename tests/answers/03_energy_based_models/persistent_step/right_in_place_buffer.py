# right: the buffer of chains is written to


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains[:] = kernel(theta, chains, noise)
    gradient = energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0)
    return gradient.numpy(), chains.numpy()
