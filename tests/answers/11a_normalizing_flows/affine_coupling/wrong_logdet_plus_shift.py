# expect: the shift counts as well
# misconception: shift counted in log_det
import torch


def affine_coupling(values, network, num_kept, inverse):
    k, r = values[:, :num_kept], values[:, num_kept:]
    t, s = network(k)
    r = (r - t) * torch.exp(-s) if inverse else r * s.exp() + t
    d = (s + t).sum(1)
    return torch.cat([k, r], 1), -d if inverse else d
