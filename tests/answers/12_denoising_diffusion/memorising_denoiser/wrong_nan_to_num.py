# expect: is all zeros
# misconception: exp and divide, nan becomes 0
# points: 2
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    squares = ((x_t[:, None, :] - alpha_bar.sqrt() * data[None]) ** 2).sum(-1)
    w = torch.exp(-squares / (2 * (1 - alpha_bar)))
    return torch.nan_to_num(w @ data / w.sum(1, keepdim=True))
