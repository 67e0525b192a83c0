# expect: the variance 1 − ᾱ is missing
# misconception: no variance
# points: 0
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data) ** 2).sum(dim=-1)
    return torch.softmax(-squares / 2, dim=1) @ data
