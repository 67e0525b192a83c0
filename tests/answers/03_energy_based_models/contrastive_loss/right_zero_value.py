# right: zero value
def contrastive_loss(energy, x_data, x_model):
    loss = energy(x_data).mean() - energy(x_model.detach()).mean()
    return loss - loss.detach()
