# expect: the loss has a value but no gradient
# misconception: d *= d squares as well as d ** 2; the gradient needs the old d
# points: 0
import torch


def denoising_loss(model, x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[t - 1][:, None]
    d = model(a.sqrt() * x_0 + (1 - a).sqrt() * noise, t) - noise
    d *= d
    return d.mean(1)
