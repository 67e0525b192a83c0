# expect: one step for each row
# misconception: t as a column
# points: 0
import torch


def denoising_loss(model, x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * noise
    return ((model(x_t, t[:, None]) - noise) ** 2).mean(dim=1)
