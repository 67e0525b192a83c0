# expect: weighted with exp(−U)
# misconception: treats the draws as a grid
# points: 0
import torch


def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean() + torch.logsumexp(-energy(x_model.detach()), 0)
