# expect: the forward step is only inverted
# misconception: only x_t / √α_t: undo one step
# points: 1
import torch


def posterior(x_t, x_0, t, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    return x_t / (1 - betas[t - 1]).sqrt(), (1 - bar[t - 1]) / (1 - bar[t]) * betas[t - 1]
