# right: computed in double precision
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = (1 - betas.double()).cumprod(0)[t - 1].unsqueeze(1)
    x_t = a.sqrt() * x_0.double() + (1 - a).sqrt() * noise.double()
    error = noise.double() - model(x_t, t)
    return torch.einsum("ij,ij->i", error, error) / error.shape[1]
