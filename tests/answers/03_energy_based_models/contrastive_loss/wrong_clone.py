# expect: the gradient of the loss is not right: the gradient also flows through the samples: detach
# misconception: clone() cuts the graph
def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean() - energy(x_model.clone()).mean()
