# expect: should be about
# misconception: the first scale only
import torch


def affine_coupling(values, network, num_kept, inverse):
    k, r = values[:, :num_kept], values[:, num_kept:]
    t, s = network(k)
    r = (r - t) * torch.exp(-s) if inverse else r * s.exp() + t
    return torch.cat([k, r], 1), -s[:, 0] if inverse else s[:, 0]
