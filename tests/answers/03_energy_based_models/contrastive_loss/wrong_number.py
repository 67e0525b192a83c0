# expect: no gradient can flow
# misconception: returns a Python number
# points: 0


def contrastive_loss(energy, x_data, x_model):
    return (energy(x_data).mean() - energy(x_model).mean()).item()
