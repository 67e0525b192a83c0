# expect: drift is missing
# misconception: nothing happens
# points: 0


def langevin_step(energy, x, noise, step_size):
    return x.clone()
