# expect: Expected the loss to depend on the parameters of energy, but no gradient can flow through
# misconception: returns a detached number
def contrastive_loss(energy, x_data, x_model):
    return (energy(x_data).mean() - energy(x_model.detach()).mean()).detach()
