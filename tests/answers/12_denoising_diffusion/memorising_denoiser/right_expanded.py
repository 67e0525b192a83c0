# right: the square expanded, in double precision
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    x, y, bar = x_t.double(), data.double(), alpha_bar.double()
    a = (bar.sqrt() * x @ y.T - bar * (y ** 2).sum(-1) / 2) / (1 - bar)
    return torch.softmax(a, dim=-1) @ y
