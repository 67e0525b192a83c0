# expect: the kept channels are taken before the convolution
# misconception: kept channels taken from before the convolution
import math

import numpy as np
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    n, c, h, w = values.shape
    half = c // 2
    scale, b0 = log_scale.exp()[:, None, None], bias[:, None, None]
    log_w = torch.linalg.slogdet(weight).logabsdet
    if not inverse:
        a = values * scale + b0
        b = torch.einsum("ij,njhw->nihw", weight, a)
        kept, rest = a[:, :half], b[:, half:]
        shift, s = network(kept)
        out = torch.cat([kept, rest * s.exp() + shift], dim=1)
        log_det = h * w * (log_scale.sum() + log_w) + s.sum(dim=(1, 2, 3))
        return out, log_det
    kept, rest = values[:, :half], values[:, half:]
    shift, s = network(kept)
    b = torch.cat([kept, (rest - shift) * torch.exp(-s)], dim=1)
    a = torch.einsum("ij,njhw->nihw", torch.linalg.inv(weight), b)
    out = (a - b0) / scale
    log_det = -h * w * (log_scale.sum() + log_w) - s.sum(dim=(1, 2, 3))
    return out, log_det
