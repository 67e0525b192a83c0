# expect: one number
# misconception: no reduction
# points: 0


def contrastive_loss(energy, x_data, x_model):
    return energy(x_data) - energy(x_model.detach()).mean()
