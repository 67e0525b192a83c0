# right: recursive
def run(kernel, theta, x, noises):
    if len(noises) == 0:
        return x
    return run(kernel, theta, kernel(theta, x, noises[0]), noises[1:])

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    new = run(kernel, theta, chains, noises)
    means = [energy_gradient(theta, z).mean(0) for z in (x_data, new)]
    return means[0] - means[1], new
