# expect: with RuntimeError: The size of tensor a
# misconception: subtracts point by point, needs n_model == n_data
def contrastive_loss(energy, x_data, x_model):
    return (energy(x_data) - energy(x_model.detach())).mean()
