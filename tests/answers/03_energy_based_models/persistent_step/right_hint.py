# right: hint
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    g = energy_gradient(theta, x_data).mean(dim=0) - energy_gradient(theta, chains).mean(dim=0)
    return g, chains
