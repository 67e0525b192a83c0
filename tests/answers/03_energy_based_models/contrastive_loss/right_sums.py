# right: sums
import torch

def constants(t):
    with torch.no_grad():
        return t.clone()

def contrastive_loss(energy, x_data, x_model):
    positive = torch.sum(energy(constants(x_data)), dim=0) / x_data.size(0)
    negative = torch.sum(energy(constants(x_model)), dim=0) / x_model.size(0)
    return -(negative - positive)
