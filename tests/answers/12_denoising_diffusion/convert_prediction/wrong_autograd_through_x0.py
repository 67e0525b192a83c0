# expect: x_0 moved along with x_t
# misconception: differentiates through x_0 too: the implied x_0 moves along with x_t
# points: 2
import torch


def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar[:, None]
    with torch.enable_grad():
        x = x_t.detach().clone().requires_grad_(True)
        x_0 = (x - (1 - a).sqrt() * eps) / a.sqrt()
        logp = -((x - a.sqrt() * x_0) ** 2 / (2 * (1 - a))).sum()
        score, = torch.autograd.grad(logp, x)
    x_0 = x_0.detach()
    return x_0, a.sqrt() * eps - (1 - a).sqrt() * x_0, score
