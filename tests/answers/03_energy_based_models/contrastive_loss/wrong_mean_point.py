# expect: the gradient of the loss is off by the same constant
# misconception: the energy of the mean is the mean of the energies
def contrastive_loss(energy, x_data, x_model):
    return energy(x_data.mean(0, keepdim=True))[0] - energy(x_model.detach().mean(0, keepdim=True))[0]
