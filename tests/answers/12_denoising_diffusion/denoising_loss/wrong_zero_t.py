# expect: t = 0 in every row
# misconception: no time given
# points: 2
import torch


def denoising_loss(model, x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * noise
    return ((model(x_t, torch.zeros_like(t)) - noise) ** 2).mean(dim=1)
