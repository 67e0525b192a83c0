# expect: the mean of x_0
# misconception: a floor under the variance
# points: 2
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data) ** 2).sum(dim=-1)
    return torch.softmax(-squares / (2 * (1 - alpha_bar).clamp(min=0.45)), dim=1) @ data
