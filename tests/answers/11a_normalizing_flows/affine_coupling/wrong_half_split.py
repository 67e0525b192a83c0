# expect: network takes the coordinates that are kept
# misconception: splits in the middle, whatever num_kept says
# points: 0
import torch


def affine_coupling(values, network, num_kept, inverse):
    kept, rest = values.chunk(2, dim=1)
    t, s = network(kept)
    if inverse:
        rest, log_det = (rest - t) * torch.exp(-s), -s.sum(1)
    else:
        rest, log_det = rest * torch.exp(s) + t, s.sum(1)
    return torch.cat([kept, rest], dim=1), log_det
