# expect: the factor 1/2 is missing
# misconception: forgets the 1/2
# points: 0
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data) ** 2).sum(dim=-1)
    return torch.softmax(-squares / (1 - alpha_bar), dim=1) @ data
