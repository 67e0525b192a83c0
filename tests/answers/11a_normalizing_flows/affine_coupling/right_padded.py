# right: pads t and s by zeros to all coordinates
import torch


import torch.nn.functional as F
def affine_coupling(values, network, num_kept, inverse):
    t, s = (F.pad(v, (num_kept, 0)) for v in network(values[:, :num_kept]))
    sign = -1 if inverse else 1
    y = (values - t) / s.exp() if inverse else values * s.exp() + t
    return y, sign * s.sum(-1)
