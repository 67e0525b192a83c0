# expect: weighted with the signal-to-noise ratio
# misconception: weights with the snr
# points: 0
import torch


def denoising_loss(model, x_0, t, noise, betas):
    alpha_bar = torch.cumprod(1 - betas, dim=0)[t - 1][:, None]
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * noise
    return (alpha_bar / (1 - alpha_bar))[:, 0] * ((model(x_t, t) - noise) ** 2).mean(dim=1)
