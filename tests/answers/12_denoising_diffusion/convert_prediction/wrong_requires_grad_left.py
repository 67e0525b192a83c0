# expect: x_t is left requiring a gradient
# misconception: x_t.requires_grad_() on the argument, for autograd
# points: 2
import torch


def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar[:, None]
    x_0 = (x_t - (1 - a).sqrt() * eps) / a.sqrt()
    x_t.requires_grad_(True)
    with torch.enable_grad():
        logp = -((x_t - a.sqrt() * x_0) ** 2 / (2 * (1 - a))).sum()
        score, = torch.autograd.grad(logp, x_t)
    return x_0, a.sqrt() * eps - (1 - a).sqrt() * x_0, score
