# right: v straight from eps and x_t
import torch


def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar.reshape(-1, 1)
    v = (eps - torch.sqrt(1 - a) * x_t) / torch.sqrt(a)
    return torch.sqrt(a) * x_t - torch.sqrt(1 - a) * v, v, -eps * (1 - a) ** -0.5
