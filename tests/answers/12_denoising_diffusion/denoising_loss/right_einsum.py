# right: einsum divided by dim
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.exp(torch.log1p(-betas).cumsum(0)).gather(0, t - 1)[:, None]
    d = model(a.sqrt() * x_0 + (1 - a).sqrt() * noise, t) - noise
    return torch.einsum("nd,nd->n", d, d) / d.shape[1]
