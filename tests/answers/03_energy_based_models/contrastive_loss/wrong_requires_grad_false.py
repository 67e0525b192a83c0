# expect: with RuntimeError: you can only change requires_grad flags of leaf variables. If you want
# misconception: switches requires_grad off on the draws, which fails for tensors with a graph
def contrastive_loss(energy, x_data, x_model):
    x_model.requires_grad_(False)
    return energy(x_data).mean() - energy(x_model).mean()
