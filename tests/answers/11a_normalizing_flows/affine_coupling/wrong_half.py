# expect: network takes the coordinates that are kept
# misconception: chunk(2), always half
import torch


def affine_coupling(values, network, num_kept, inverse):
    k, r = values.chunk(2, dim=1)
    t, s = network(k)
    r = (r - t) * torch.exp(-s) if inverse else r * s.exp() + t
    return torch.cat([k, r], 1), -s.sum(1) if inverse else s.sum(1)
