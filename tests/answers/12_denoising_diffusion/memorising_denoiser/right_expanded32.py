# right: the square expanded, in the precision given
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    y = alpha_bar.sqrt() * data
    squares = (x_t ** 2).sum(1, keepdim=True) - 2 * x_t @ y.T + (y ** 2).sum(1)
    return torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=1) @ data
