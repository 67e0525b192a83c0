# expect: this is the length of the error
# misconception: the length of the error, without the square
# points: 0
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    return (model(a.sqrt() * x_0 + (1 - a).sqrt() * noise, t) - noise).norm(dim=1)
