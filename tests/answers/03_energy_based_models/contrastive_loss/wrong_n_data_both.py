# expect: the gradient of the loss is not right: both sums are divided by the number of data points
# misconception: divides both sums by n_data
def contrastive_loss(energy, x_data, x_model):
    n = len(x_data)
    return energy(x_data).sum() / n - energy(x_model.detach()).sum() / n
