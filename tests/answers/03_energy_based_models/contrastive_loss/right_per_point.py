# right: per point
import torch

def contrastive_loss(energy, x_data, x_model):
    loss = 0.0
    for point in x_data:
        loss = loss + energy(point[None])[0] / x_data.shape[0]
    for point in x_model.detach().clone():
        loss = loss - energy(point.unsqueeze(0)).squeeze() / x_model.shape[0]
    return loss
