# right: with an angle: v from x_t and ε alone
import torch


def convert_prediction(x_t, eps, alpha_bar):
    angle = torch.acos(alpha_bar.double().sqrt())[:, None]
    c, s = torch.cos(angle), torch.sin(angle)
    v = (eps - s * x_t) / c
    return c * x_t - s * v, v, -eps / s
