# expect: weighted as in the bound
# misconception: weights with the bound's weight
# points: 0
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    l = ((model(a.sqrt() * x_0 + (1 - a).sqrt() * noise, t) - noise) ** 2).mean(1)
    return l * betas[t - 1] / (2 * (1 - betas[t - 1]) * (1 - a[:, 0]))
