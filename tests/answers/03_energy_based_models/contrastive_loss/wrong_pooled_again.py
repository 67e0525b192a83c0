# expect: the gradient of the loss is not right: both sums are divided by the number of all points,
# misconception: signed sum over the pooled sample divided by its size
import torch

def contrastive_loss(energy, x_data, x_model):
    sign = torch.cat([torch.ones(len(x_data)), -torch.ones(len(x_model))])
    return (sign * energy(torch.cat([x_data, x_model.detach()]))).mean()
