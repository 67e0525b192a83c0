# expect: these are the weights
# misconception: returns the weights
# points: 0
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data) ** 2).sum(dim=-1)
    return torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=1)
