# expect: do not add up to 1
# misconception: no normalisation
# points: 0
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data) ** 2).sum(dim=-1)
    return torch.exp(-squares / (2 * (1 - alpha_bar))) @ data
