# right: the square multiplied out
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    e = model(torch.sqrt(a) * x_0 + torch.sqrt(1 - a) * noise, t)
    return (e * e - 2 * e * noise + noise * noise).sum(1) / x_0.size(1)
