# expect: t was changed in place
# misconception: t -= 1 for the index, t + 1 for the model: the caller's t is changed
# points: 2
import torch


def denoising_loss(model, x_0, t, noise, betas):
    t -= 1
    a = torch.cumprod(1 - betas, 0)[t][:, None]
    return ((model(a.sqrt() * x_0 + (1 - a).sqrt() * noise, t + 1) - noise) ** 2).mean(1)
