# expect: the gradient of the loss
# misconception: energy is an nn.Module with parameters() and a weight decay does no harm
def contrastive_loss(energy, x_data, x_model):
    decay = sum((p**2).sum() for p in energy.parameters())
    return energy(x_data).mean() - energy(x_model.detach()).mean() + 1e-2 * decay
