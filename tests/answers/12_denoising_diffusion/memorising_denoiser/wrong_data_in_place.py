# expect: data was changed in place
# misconception: scales the data in place and back
# points: 2
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    data *= alpha_bar.sqrt()
    squares = ((x_t[:, None, :] - data[None]) ** 2).sum(-1)
    w = torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=1)
    return w @ data / alpha_bar.sqrt()
