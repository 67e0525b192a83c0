# expect: the gradient of the loss is not right: the sign is flipped: the loss must push the energy
# misconception: a loss must not be negative, so takes the absolute value
def contrastive_loss(energy, x_data, x_model):
    return (energy(x_data).mean() - energy(x_model.detach()).mean()).abs()
