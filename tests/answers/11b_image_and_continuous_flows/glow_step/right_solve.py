# right: linalg.solve on channels last, torch.addcmul style
import math

import numpy as np
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    n, c, h, w = values.shape
    k = c // 2
    v = values.permute(1, 0, 2, 3).reshape(c, -1)
    back = lambda m: m.reshape(-1, n, h, w).permute(1, 0, 2, 3)
    pix = torch.logdet(weight.T @ weight) / 2 + torch.log(torch.exp(log_scale)).sum()
    if inverse:
        shift, s = network(values[:, :k].clone())
        out = values.clone()
        out[:, k:] -= shift
        out[:, k:] *= torch.exp(-s)
        m = out.permute(1, 0, 2, 3).reshape(c, -1)
        m = torch.linalg.solve(weight, m) - bias[:, None]
        return back(m / log_scale.exp()[:, None]), -(s.sum(dim=(1, 2, 3)) + pix * h * w)
    m = weight @ (v * log_scale.exp()[:, None] + bias[:, None])
    b = back(m).clone()
    shift, s = network(b[:, :k])
    b[:, k:] = b[:, k:] * s.exp() + shift
    return b, s.sum(dim=(1, 2, 3)) + pix * h * w
