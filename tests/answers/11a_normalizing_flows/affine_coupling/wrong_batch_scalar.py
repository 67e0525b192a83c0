# expect: too much was summed or averaged
# misconception: one log_det for the batch
# points: 2
import torch


def affine_coupling(values, network, num_kept, inverse):
    kept, rest = values[:, :num_kept], values[:, num_kept:]
    t, s = network(kept)
    if inverse:
        rest, log_det = (rest - t) * torch.exp(-s), -s.sum()
    else:
        rest, log_det = rest * torch.exp(s) + t, s.sum()
    return torch.cat([kept, rest], dim=1), log_det
