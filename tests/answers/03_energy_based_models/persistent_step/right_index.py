# right: indexed loop, sums divided by the sizes


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    x = chains.clone()
    for t in range(noises.shape[0]):
        x = kernel(theta, x, noises[t])
    positive = energy_gradient(theta, x_data).sum(dim=0) / x_data.shape[0]
    negative = energy_gradient(theta, x).sum(dim=0) / x.shape[0]
    return -(negative - positive), x
