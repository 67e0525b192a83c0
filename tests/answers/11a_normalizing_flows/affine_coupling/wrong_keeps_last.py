# expect: the last coordinates are kept
# misconception: keeps the last coordinates
import torch


def affine_coupling(values, network, num_kept, inverse):
    k, r = values[:, -num_kept:], values[:, :-num_kept]
    t, s = network(k)
    r = (r - t) * torch.exp(-s) if inverse else r * s.exp() + t
    return torch.cat([r, k], 1), -s.sum(1) if inverse else s.sum(1)
