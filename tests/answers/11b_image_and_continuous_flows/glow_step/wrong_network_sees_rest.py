# expect: are kept, not the last
# misconception: last channels kept
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
        kept, rest = b[:, c - half:], b[:, :c - half]
        shift, s = network(kept)
        out = torch.cat([rest * s.exp() + shift, kept], dim=1)
        log_det = h * w * (log_scale.sum() + log_w) + s.sum(dim=(1, 2, 3))
        return out, log_det
    kept, rest = values[:, c - half:], values[:, :c - half]
    shift, s = network(kept)
    b = torch.cat([(rest - shift) * torch.exp(-s), kept], dim=1)
    a = torch.einsum("ij,njhw->nihw", torch.linalg.inv(weight), b)
    out = (a - b0) / scale
    log_det = -h * w * (log_scale.sum() + log_w) - s.sum(dim=(1, 2, 3))
    return out, log_det
