# expect: x_t was changed in place
# misconception: divides x_t in place by √ᾱ
# points: 2
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    x_t /= alpha_bar.sqrt()
    squares = ((x_t[:, None, :] - data[None]) ** 2).sum(-1)
    return torch.softmax(-squares * alpha_bar / (2 * (1 - alpha_bar)), dim=1) @ data
