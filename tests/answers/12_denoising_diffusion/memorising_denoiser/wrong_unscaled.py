# expect: the data are not scaled
# misconception: x_t around x_i
# points: 0
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - data) ** 2).sum(dim=-1)
    return torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=1) @ data
