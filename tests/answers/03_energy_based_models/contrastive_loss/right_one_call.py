# right: one call
import torch

def contrastive_loss(energy, x_data, x_model):
    n, m = len(x_data), len(x_model)
    u = energy(torch.cat([x_data, x_model.detach()]))
    w = torch.cat([torch.full((n,), 1 / n, dtype=u.dtype), torch.full((m,), -1 / m, dtype=u.dtype)])
    return torch.dot(w, u)
