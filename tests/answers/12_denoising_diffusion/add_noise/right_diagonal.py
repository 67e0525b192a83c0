# right: diagonal matrices from the left
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0).index_select(0, t - 1)
    return torch.diag(a.sqrt()) @ x_0 + torch.diag((1 - a).sqrt()) @ noise
