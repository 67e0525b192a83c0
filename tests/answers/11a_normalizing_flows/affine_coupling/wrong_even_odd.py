# expect: network takes the coordinates that are kept
# misconception: even and odd columns instead of first and last
# points: 0
import torch


def affine_coupling(values, network, num_kept, inverse):
    kept, rest = values[:, 0::2], values[:, 1::2]
    t, s = network(kept)
    if inverse:
        rest, log_det = (rest - t) * torch.exp(-s), -s.sum(1)
    else:
        rest, log_det = rest * torch.exp(s) + t, s.sum(1)
    return torch.cat([kept, rest], dim=1), log_det
