# expect: β_t is taken one step too late
# misconception: betas[t] for β_t, the last is clipped
# points: 0
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[min(t, len(betas) - 1)], bar[t], bar[t - 1]
    mean = before.sqrt() * beta / (1 - now) * x_0 + (1 - beta).sqrt() * (1 - before) / (1 - now) * x_t
    return mean, (1 - before) / (1 - now) * beta
