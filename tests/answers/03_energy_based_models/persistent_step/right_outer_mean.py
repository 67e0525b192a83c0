# right: outer mean
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    it = iter(noises)
    while (noise := next(it, None)) is not None:
        chains = kernel(theta, chains, noise)
    pairs = energy_gradient(theta, x_data)[:, None, :] - energy_gradient(theta, chains)[None, :, :]
    return pairs.mean(dim=(0, 1)), chains
