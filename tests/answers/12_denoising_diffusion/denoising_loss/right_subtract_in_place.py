# right: subtracts in the memory of the prediction, which belongs to no one else
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    d = model(a.sqrt() * x_0 + (1 - a).sqrt() * noise, t)
    d -= noise
    return d.pow(2).mean(1)
