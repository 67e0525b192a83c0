# expect: the numbers may be right: reshape them, or drop the axis of length
# misconception: gradient of shape (1, p)
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    mean = lambda z: energy_gradient(theta, z).mean(0, keepdim=True)
    return mean(x_data) - mean(chains), chains
