# expect: the layers are in the wrong order
# misconception: convolution before actnorm
import math

import numpy as np
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    n, c, h, w = values.shape
    half = c // 2
    scale, b0 = log_scale.exp()[:, None, None], bias[:, None, None]
    log_w = torch.linalg.slogdet(weight).logabsdet
    if not inverse:
        b = torch.einsum("ij,njhw->nihw", weight, values) * scale + b0
        kept, rest = b[:, :half], b[:, half:]
        shift, s = network(kept)
        out = torch.cat([kept, rest * s.exp() + shift], dim=1)
        log_det = h * w * (log_scale.sum() + log_w) + s.sum(dim=(1, 2, 3))
        return out, log_det
    kept, rest = values[:, :half], values[:, half:]
    shift, s = network(kept)
    b = torch.cat([kept, (rest - shift) * torch.exp(-s)], dim=1)
    out = torch.einsum("ij,njhw->nihw", torch.linalg.inv(weight), (b - b0) / scale)
    log_det = -h * w * (log_scale.sum() + log_w) - s.sum(dim=(1, 2, 3))
    return out, log_det
