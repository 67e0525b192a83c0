# right: squared length over dim
import torch


def denoising_loss(model, x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * noise
    return torch.linalg.vector_norm(model(x_t, t) - noise, dim=1) ** 2 / x_0.shape[1]
