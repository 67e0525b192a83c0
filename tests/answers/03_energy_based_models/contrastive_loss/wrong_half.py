# expect: the gradient of the loss is not right: the two terms are averaged: a factor
# misconception: averages the two terms with weight one half
def contrastive_loss(energy, x_data, x_model):
    return 0.5 * (energy(x_data).mean() - energy(x_model.detach()).mean())
