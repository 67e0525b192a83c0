# right: the score by differentiating the log density of a copy
import torch


def convert_prediction(x_t, eps, alpha_bar):
    a = alpha_bar[:, None]
    x_0 = (x_t - (1 - a).sqrt() * eps) / a.sqrt()
    with torch.enable_grad():
        x = x_t.detach().clone().requires_grad_(True)
        logp = -((x - a.sqrt() * x_0.detach()) ** 2 / (2 * (1 - a))).sum()
        score, = torch.autograd.grad(logp, x)
    return x_0, a.sqrt() * eps - (1 - a).sqrt() * x_0, score
