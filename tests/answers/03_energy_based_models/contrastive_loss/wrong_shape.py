# expect: the loss should be one number, of shape (), but has the shape
# misconception: returns shape (1,) instead of a scalar
def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean(0, keepdim=True) - energy(x_model.detach()).mean(0, keepdim=True)
