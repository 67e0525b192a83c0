# right: outer mean
def contrastive_loss(energy, x_data, x_model):
    # mean of all differences U(x_i) - U(x_j) = difference of the means
    diff = energy(x_data)[:, None] - energy(x_model.detach())[None, :]
    return diff.mean()
