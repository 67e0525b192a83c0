# expect: the gradient should have the shape
# misconception: averages over the parameters instead of over the points
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    k = min(len(x_data), len(chains))
    return energy_gradient(theta, x_data).mean(1)[:k] - energy_gradient(theta, chains).mean(1)[:k], chains
