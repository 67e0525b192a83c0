# expect: where exp gives 0
# misconception: exponentiates first
# points: 2
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data) ** 2).sum(dim=-1)
    w = torch.exp(-squares / (2 * (1 - alpha_bar)))
    return (w @ data) / w.sum(dim=1, keepdim=True)
