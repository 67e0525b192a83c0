# expect: the order must be turned round too
# misconception: flips the sign of both, keeps the order
# points: 2
import torch


def affine_coupling(values, network, num_kept, inverse):
    kept, rest = values[:, :num_kept], values[:, num_kept:]
    t, s = network(kept)
    if inverse:
        rest, log_det = rest * torch.exp(-s) + t, -s.sum(1)
    else:
        rest, log_det = rest * torch.exp(s) + t, s.sum(1)
    return torch.cat([kept, rest], dim=1), log_det
