# expect: should have the shape (1,)
# misconception: squeezes what network returns, which drops the axis of a batch of one image
import math

import numpy as np
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    n, c, h, w = values.shape
    k = c // 2
    F = torch.nn.functional
    ls = log_scale.view(1, c, 1, 1)
    b0 = bias.view(1, c, 1, 1)
    log_w = weight.det().abs().log()
    if inverse:
        kept, rest = values.split([k, c - k], dim=1)
        shift, s = (t.squeeze() for t in network(kept))
        rest = (rest - shift) / s.exp()
        a = F.conv2d(torch.cat((kept, rest), 1), torch.inverse(weight)[:, :, None, None])
        z = (a - b0) / ls.exp()
        return z, -(s.flatten(1).sum(1) + h * w * (log_w + log_scale.sum()))
    b = F.conv2d(values * ls.exp() + b0, weight[:, :, None, None])
    kept, rest = b.split([k, c - k], dim=1)
    shift, s = (t.squeeze() for t in network(kept))
    return torch.cat((kept, rest * s.exp() + shift), 1), s.flatten(1).sum(1) + h * w * (log_w + log_scale.sum())
