# expect: the gradient of the loss should be about -
# misconception: adds the energy-magnitude regulariser seen in tutorials
def contrastive_loss(energy, x_data, x_model):
    pos, neg = energy(x_data), energy(x_model.detach())
    return pos.mean() - neg.mean() + 0.1 * (pos**2).mean() + 0.1 * (neg**2).mean()
