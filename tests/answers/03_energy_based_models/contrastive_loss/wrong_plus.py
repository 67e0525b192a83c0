# expect: same direction
# misconception: both terms are pushed down
# points: 0


def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean() + energy(x_model.detach()).mean()
