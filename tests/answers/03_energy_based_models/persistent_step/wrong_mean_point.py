# expect: the gradient is off by the same constant
# misconception: gradient at the mean point instead of the mean gradient
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    for noise in noises:
        chains = kernel(theta, chains, noise)
    centre = lambda z: energy_gradient(theta, z.mean(0, keepdim=True))[0]
    return centre(x_data) - centre(chains), chains
