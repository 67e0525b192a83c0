# expect: at t = 1 the mean is not right: it is x_t itself
# misconception: at t = 1 the mean is x_t: there is no noise any more
# points: 2
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    if t == 1:
        return x_t, torch.tensor(0.0, dtype=x_t.dtype)
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    mean = before.sqrt() * beta / (1 - now) * x_0 + (1 - beta).sqrt() * (1 - before) / (1 - now) * x_t
    return mean, (1 - before) / (1 - now) * beta
