# expect: should have the shape (1, 4)
# misconception: squeezes the result
# points: 1
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data[None]) ** 2).sum(-1)
    return (torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=1) @ data).squeeze()
