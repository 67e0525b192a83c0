# expect: detach x_model
# misconception: the gradient flows through the samples
# points: 2


def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean() - energy(x_model).mean()
