# right: computes in float64 and hands back the type of x_t
import torch


def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    a, s = alpha_bar_t.double(), alpha_bar_s.double()
    x, e, z = x_t.double(), eps_hat.double(), noise.double()
    sigma = eta * torch.sqrt((1 - s) / (1 - a) * (1 - a / s))
    out = s.sqrt() * (x - (1 - a).sqrt() * e) / a.sqrt() + (1 - s - sigma ** 2).clamp(min=0).sqrt() * e + sigma * z
    return out.to(x_t.dtype)
