# expect: all data have the same weight
# misconception: clamps the exponents
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data) ** 2).sum(dim=-1)
    a = (-squares / (2 * (1 - alpha_bar))).clamp(min=-80)
    return torch.softmax(a, dim=1) @ data
