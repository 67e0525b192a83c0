# right: with cdist, and logsumexp
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    a = -torch.cdist(x_t, alpha_bar.sqrt() * data) ** 2 / 2 / (1 - alpha_bar)
    return torch.exp(a - torch.logsumexp(a, dim=1, keepdim=True)) @ data
