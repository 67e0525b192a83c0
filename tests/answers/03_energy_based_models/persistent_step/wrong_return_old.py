# expect: new_chains is not right: they have not moved: these are the old chains
# misconception: returns the chains as they were
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    z = chains
    for noise in noises:
        z = kernel(theta, z, noise)
    return energy_gradient(theta, x_data).mean(0) - energy_gradient(theta, z).mean(0), chains
