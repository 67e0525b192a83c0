# expect: it is zero, as for an additive layer
# misconception: volume preserving (NICE): log_det 0
import torch


def affine_coupling(values, network, num_kept, inverse):
    k, r = values[:, :num_kept], values[:, num_kept:]
    t, s = network(k)
    r = (r - t) * torch.exp(-s) if inverse else r * s.exp() + t
    return torch.cat([k, r], 1), torch.zeros(len(values))
