# expect: betas was changed in place
# misconception: turns betas into ᾱ in place
# points: 1
import torch


def add_noise(x_0, t, noise, betas):
    betas.neg_().add_(1)
    a = torch.cumprod(betas, 0)[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
