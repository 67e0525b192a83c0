# expect: the product runs over the wrong end
# misconception: product from t up to T
# points: 0
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.flip(torch.cumprod(torch.flip(1 - betas, [0]), 0), [0])[t - 1][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
