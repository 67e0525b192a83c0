# expect: eps_hat was changed in place
# misconception: scales eps_hat in place
# points: 2
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = (x_t - eps_hat.mul_(beta / (1 - now).sqrt())) / (1 - beta).sqrt()
    return mean + ((1 - before) / (1 - now) * beta).sqrt() * noise
