# expect: only the nearest datum is taken
# misconception: the nearest datum
# points: 0
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = torch.cdist(x_t, alpha_bar.sqrt() * data)
    return data[squares.argmin(dim=1)]
