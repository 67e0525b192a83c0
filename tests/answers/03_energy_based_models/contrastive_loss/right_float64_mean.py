# right: float64 mean
import torch

def contrastive_loss(energy, x_data, x_model):
    means = [energy(part).double().mean() for part in (x_data, x_model.detach())]
    return means[0] - means[1]
