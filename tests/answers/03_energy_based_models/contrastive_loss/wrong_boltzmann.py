# expect: the gradient of the loss is not right: exp(−U) is averaged, but the gradient of the log-li
# misconception: contrasts the unnormalised densities exp(-U)
import torch

def contrastive_loss(energy, x_data, x_model):
    return torch.exp(-energy(x_model.detach())).mean() - torch.exp(-energy(x_data)).mean()
