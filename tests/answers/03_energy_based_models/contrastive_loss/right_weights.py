# right: one weighted sum, with a constant added
import torch


def contrastive_loss(energy, x_data, x_model):
    x = torch.cat((x_model.detach(), x_data))
    weight = torch.cat((torch.full((len(x_model),), -1 / len(x_model)), torch.full((len(x_data),), 1 / len(x_data))))
    return (weight.to(x) * energy(x)).sum() + 3.0
