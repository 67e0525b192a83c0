# expect: this is the other direction
# misconception: ignores inverse
# points: 1
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    h, w, half = *values.shape[2:], values.shape[1] // 2
    v = torch.einsum("ij,njhw->nihw", weight, values * log_scale.exp()[:, None, None] + bias[:, None, None])
    shift, s = network(v[:, :half])
    det = h * w * (log_scale.sum() + torch.linalg.slogdet(weight)[1]) + s.sum((1, 2, 3))
    return torch.cat([v[:, :half], v[:, half:] * s.exp() + shift], 1), det
