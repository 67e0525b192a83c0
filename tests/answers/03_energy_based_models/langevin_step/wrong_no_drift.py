# expect: drift is missing
# misconception: a random walk
# points: 2


def langevin_step(energy, x, noise, step_size):
    return x + (2 * step_size) ** 0.5 * noise
