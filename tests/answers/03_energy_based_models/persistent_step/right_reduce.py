# right: functools.reduce over the noises
from functools import reduce


def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    new = reduce(lambda x, noise: kernel(theta, x, noise), noises, chains)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, new).mean(0), new
