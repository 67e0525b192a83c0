# expect: contrastive divergence
# misconception: starts from data
# points: 0


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    chains = x_data[:len(chains)]
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, chains).mean(0), chains
