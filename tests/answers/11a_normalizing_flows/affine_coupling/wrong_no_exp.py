# expect: exp is missing
# misconception: uses log_scale as the scale
# points: 1
import torch


def affine_coupling(values, network, num_kept, inverse):
    kept, rest = values[:, :num_kept], values[:, num_kept:]
    t, s = network(kept)
    if inverse:
        rest, log_det = (rest - t) / s, -s.sum(1)
    else:
        rest, log_det = rest * s + t, s.sum(1)
    return torch.cat([kept, rest], dim=1), log_det
