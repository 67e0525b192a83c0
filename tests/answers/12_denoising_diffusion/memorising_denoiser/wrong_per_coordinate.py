# expect: each coordinate has weights of its own
# misconception: a softmax for each coordinate
# points: 0
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = (x_t[:, None, :] - alpha_bar.sqrt() * data[None]) ** 2
    w = torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=1)
    return (w * data[None]).sum(1)
