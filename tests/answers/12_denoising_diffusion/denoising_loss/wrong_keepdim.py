# expect: drop the axis of length 1
# misconception: keeps the axis: (n, 1)
# points: 0
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    return ((model(a.sqrt() * x_0 + (1 - a).sqrt() * noise, t) - noise) ** 2).mean(1, keepdim=True)
