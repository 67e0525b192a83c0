# expect: this is the log_det of the other direction
# misconception: directions exchanged
import torch


def affine_coupling(values, network, num_kept, inverse):
    k, r = values[:, :num_kept], values[:, num_kept:]
    t, s = network(k)
    r = r * s.exp() + t if inverse else (r - t) * torch.exp(-s)
    return torch.cat([k, r], 1), s.sum(1) if inverse else -s.sum(1)
