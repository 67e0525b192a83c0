# expect: sign is flipped
# misconception: E(neg) − E(pos)
# points: 0


def contrastive_loss(energy, x_data, x_model):
    return energy(x_model.detach()).mean() - energy(x_data).mean()
