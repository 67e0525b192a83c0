# right: one call for both
import torch


def contrastive_loss(energy, x_data, x_model):
    u = energy(torch.cat([x_data, x_model.detach()]))
    n, m = len(x_data), len(x_model)
    return u[:n].sum() / n - u[n:].sum() / m
