# right: one more entry in front, indexed by t
import torch


def add_noise(x_0, t, noise, betas):
    alpha_bar = torch.cat([torch.ones(1, dtype=betas.dtype), torch.cumprod(1 - betas, 0)])
    a = torch.gather(alpha_bar, 0, t).unsqueeze(-1)
    return torch.addcmul(a ** 0.5 * x_0, (1 - a) ** 0.5, noise)
