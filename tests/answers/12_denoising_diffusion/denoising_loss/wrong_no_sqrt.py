# expect: x_t is not right: the factors are ᾱ_t and 1 − ᾱ_t
# misconception: no roots in x_t
# points: 0
import torch


def denoising_loss(model, x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    x_t = alpha_bar * x_0 + (1 - alpha_bar) * noise
    return ((model(x_t, t) - noise) ** 2).mean(dim=1)
