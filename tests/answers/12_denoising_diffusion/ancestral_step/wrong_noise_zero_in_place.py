# expect: noise was changed in place
# misconception: noise.zero_() at the last step changes the noise of the caller
# points: 2
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    if t == 1:
        noise.zero_()
    mean = (x_t - beta / (1 - now).sqrt() * eps_hat) / (1 - beta).sqrt()
    return mean + ((1 - before) / (1 - now) * beta).sqrt() * noise
