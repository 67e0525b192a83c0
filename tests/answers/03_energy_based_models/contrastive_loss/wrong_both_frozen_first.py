# expect: the gradient of the loss should be about -
# misconception: compares the data with only the first draw
def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean() - energy(x_model.detach())[0]
