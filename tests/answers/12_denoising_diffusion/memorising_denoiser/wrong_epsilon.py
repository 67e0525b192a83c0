# expect: this is the predicted noise
# misconception: returns the noise
# points: 0
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data) ** 2).sum(dim=-1)
    x_0 = torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=1) @ data
    return (x_t - alpha_bar.sqrt() * x_0) / (1 - alpha_bar).sqrt()
