# expect: classifier
# misconception: logistic loss
# points: 0
import torch


def contrastive_loss(energy, x_data, x_model):
    softplus = torch.nn.functional.softplus
    return softplus(energy(x_data)).mean() + softplus(-energy(x_model.detach())).mean()
