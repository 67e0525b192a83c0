# expect: the gradient is not right: both sums are divided by the number of data points
# misconception: divides both sums by n
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    n = len(x_data)
    return (energy_gradient(theta, x_data).sum(0) - energy_gradient(theta, chains).sum(0)) / n, chains
