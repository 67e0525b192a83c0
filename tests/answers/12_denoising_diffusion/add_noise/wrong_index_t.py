# expect: one step too late
# misconception: takes betas[t] for β_t
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.cumprod(1 - betas, 0)[(t).clamp(max=len(betas) - 1)][:, None]
    return a.sqrt() * x_0 + (1 - a).sqrt() * noise
