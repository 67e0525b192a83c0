# right: log Z by importance sampling at the current θ: weights are equal there
import torch


def contrastive_loss(energy, x_data, x_model):
    u = energy(x_model.detach())
    log_z = torch.logsumexp(-u + u.detach(), 0)
    return energy(x_data).mean() + log_z
