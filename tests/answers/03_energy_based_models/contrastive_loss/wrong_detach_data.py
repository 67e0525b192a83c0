# expect: the gradient of the loss is not right: the gradient also flows through the samples: detach
# misconception: detaches the data and leaves the graph on the draws
def contrastive_loss(energy, x_data, x_model):
    return energy(x_data.detach()).mean() - energy(x_model).mean()
