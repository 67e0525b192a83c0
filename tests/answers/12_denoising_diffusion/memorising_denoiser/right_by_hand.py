# right: the largest exponent taken out by hand
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data) ** 2).sum(dim=-1)
    a = -squares / (2 * (1 - alpha_bar))
    w = torch.exp(a - a.max(dim=1, keepdim=True).values)
    return (w @ data) / w.sum(dim=1, keepdim=True)
