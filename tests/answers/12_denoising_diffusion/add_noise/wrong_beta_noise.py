# expect: that of one step: t steps
# misconception: the noise of the last step only
import torch


def add_noise(x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    return alpha_bar.sqrt() * x_0 + betas[t - 1][:, None].sqrt() * noise
