# expect: the gradient of the loss should be about -
# misconception: cuts both samples to the shorter length
def contrastive_loss(energy, x_data, x_model):
    k = min(len(x_data), len(x_model))
    return (energy(x_data[:k]) - energy(x_model.detach()[:k])).mean()
