# expect: x_0 was changed in place
# misconception: scales x_0 in place
# points: 2
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = x_0.mul_(before.sqrt() * beta / (1 - now)).add_((1 - beta).sqrt() * (1 - before) / (1 - now) * x_t)
    return mean, (1 - before) / (1 - now) * beta
