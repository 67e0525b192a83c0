# expect: no gradient can flow through it
# misconception: evaluates the model without gradients
# points: 0
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    with torch.no_grad():
        e = model(a.sqrt() * x_0 + (1 - a).sqrt() * noise, t)
    return ((e - noise) ** 2).mean(1)
