# expect: where exp gives 0
# misconception: takes the largest of all rows out
# points: 2
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data[None]) ** 2).sum(-1)
    a = -squares / (2 * (1 - alpha_bar))
    w = torch.exp(a - a.max())
    return w @ data / w.sum(1, keepdim=True)
