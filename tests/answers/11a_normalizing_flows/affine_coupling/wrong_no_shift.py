# expect: the shift is missing
# misconception: forgets the shift
import torch


def affine_coupling(values, network, num_kept, inverse):
    k, r = values[:, :num_kept], values[:, num_kept:]
    t, s = network(k)
    r = r * torch.exp(-s) if inverse else r * s.exp()
    return torch.cat([k, r], 1), -s.sum(1) if inverse else s.sum(1)
