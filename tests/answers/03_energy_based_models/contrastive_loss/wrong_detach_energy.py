# expect: the gradient of the loss is not right: only the data term is there: without the samples no
# misconception: detaches the energies of the draws instead of the draws
def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean() - energy(x_model).mean().detach()
