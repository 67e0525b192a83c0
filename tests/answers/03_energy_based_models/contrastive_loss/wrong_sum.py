# expect: summed, not averaged
# misconception: sums instead of means
# points: 0


def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).sum() - energy(x_model.detach()).sum()
