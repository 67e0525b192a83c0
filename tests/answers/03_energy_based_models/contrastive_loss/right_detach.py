# right: detach
def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean() - energy(x_model.detach()).mean()
