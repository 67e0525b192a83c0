# expect: the target is the scaled noise
# misconception: the target is the noise as it was added, √(1 - ᾱ) ε
# points: 0
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    n = (1 - a).sqrt() * noise
    return ((model(a.sqrt() * x_0 + n, t) - n) ** 2).mean(1)
