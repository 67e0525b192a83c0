# expect: summed over the batch
# misconception: sums log_scale over everything
# points: 2
import torch


def affine_coupling(values, network, num_kept, inverse):
    kept, rest = values[:, :num_kept], values[:, num_kept:]
    t, s = network(kept)
    if inverse:
        rest, log_det = (rest - t) * torch.exp(-s), -s.sum().expand(len(s))
    else:
        rest, log_det = rest * torch.exp(s) + t, s.sum().expand(len(s))
    return torch.cat([kept, rest], dim=1), log_det
