# expect: drop the axis of length
# misconception: squeezes the result
# points: 1
import torch


def add_noise(x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    return (alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * noise).squeeze()
