# expect: x_0 was changed in place
# misconception: makes x_t in the memory of x_0
# points: 2
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    x_0.mul_(a.sqrt()).add_((1 - a).sqrt() * noise)
    return ((model(x_0, t) - noise) ** 2).mean(1)
