# expect: the gradient of the loss is all zeros
# misconception: uses a margin loss
import torch

def contrastive_loss(energy, x_data, x_model):
    return torch.relu(1 + energy(x_data).mean() - energy(x_model.detach()).mean())
