# right: data along the first axis
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    gap = x_t[None, :, :] - alpha_bar.sqrt() * data[:, None, :]
    w = torch.softmax(-gap.square().sum(2) / (2 - 2 * alpha_bar), dim=0)
    return w.T @ data
