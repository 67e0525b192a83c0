# expect: the data are scaled with ᾱ
# misconception: ᾱ for √ᾱ
# points: 0
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar * data[None]) ** 2).sum(-1)
    return torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=1) @ data
