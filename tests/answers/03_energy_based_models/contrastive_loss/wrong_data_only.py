# expect: only the data term
# misconception: only the data term
# points: 0


def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean()
