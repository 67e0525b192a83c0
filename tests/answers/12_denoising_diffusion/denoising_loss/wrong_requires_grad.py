# expect: x_0 is left requiring a gradient
# misconception: makes x_0 require a gradient so that one can flow
# points: 2
import torch


def denoising_loss(model, x_0, t, noise, betas):
    x_0.requires_grad_(True)
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    return ((model(a.sqrt() * x_0 + (1 - a).sqrt() * noise, t) - noise) ** 2).mean(1)
