# right: float64 around the network, network in given dtype
import math

import numpy as np
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    n, c, h, w = values.shape
    k = c // 2
    dt = values.dtype
    V, L, B, W = (t.double() for t in (values, log_scale, bias, weight))
    B, E = B[None, :, None, None], L.exp()[None, :, None, None]
    if inverse:
        shift, s = network(values[:, :k])
        shift, s = shift.double(), s.double()
        b = torch.cat([V[:, :k], (V[:, k:] - shift) / s.exp()], 1)
        a = torch.linalg.solve(W, b.flatten(2)).reshape(b.shape)
        out, sign = (a - B) / E, -1
    else:
        b = (W @ (V * E + B).flatten(2)).reshape(V.shape)
        shift, s = network(b[:, :k].to(dt))
        out, sign = torch.cat([b[:, :k], b[:, k:] * s.double().exp() + shift.double()], 1), 1
    ld = sign * (s.double().sum((1, 2, 3)) + h * w * (L.sum() + torch.linalg.slogdet(W).logabsdet))
    return out.to(dt), ld.to(dt)
