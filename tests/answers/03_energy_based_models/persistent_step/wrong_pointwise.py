# expect: with RuntimeError: The size of tensor a
# misconception: subtracts point by point, as if n equalled m
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    return (energy_gradient(theta, x_data) - energy_gradient(theta, chains)).mean(0), chains
