# expect: all points
# misconception: divides by the number of all points
# points: 0


def contrastive_loss(energy, x_data, x_model):
    return (energy(x_data).sum() - energy(x_model.detach()).sum()) / (len(x_data) + len(x_model))
