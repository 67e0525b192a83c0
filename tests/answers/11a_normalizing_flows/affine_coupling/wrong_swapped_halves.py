# expect: the halves are swapped
# misconception: puts the changed half in front
# points: 1
import torch


def affine_coupling(values, network, num_kept, inverse):
    kept, rest = values[:, :num_kept], values[:, num_kept:]
    t, s = network(kept)
    if inverse:
        rest, log_det = (rest - t) * torch.exp(-s), -s.sum(1)
    else:
        rest, log_det = rest * torch.exp(s) + t, s.sum(1)
    return torch.cat([rest, kept], dim=1), log_det
