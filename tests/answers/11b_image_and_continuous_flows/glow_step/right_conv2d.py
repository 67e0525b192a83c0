# right: torch's convolution with a 1x1 kernel
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    n, c, h, w = values.shape
    s_all, b = log_scale.reshape(c, 1, 1), bias.reshape(c, 1, 1)
    logdet = h * w * (log_scale.sum() + torch.slogdet(weight)[1])
    if inverse:
        kept, rest = values.split([c // 2, c - c // 2], dim=1)
        t, s = network(kept)
        v = torch.cat([kept, (rest - t) * torch.exp(-s)], 1)
        v = torch.nn.functional.conv2d(v, torch.inverse(weight)[:, :, None, None])
        return (v - b) * torch.exp(-s_all), -(logdet + s.sum((1, 2, 3)))
    v = torch.nn.functional.conv2d(values * torch.exp(s_all) + b, weight[:, :, None, None])
    kept, rest = v.split([c // 2, c - c // 2], dim=1)
    t, s = network(kept)
    return torch.cat([kept, rest * torch.exp(s) + t], 1), logdet + s.sum((1, 2, 3))
