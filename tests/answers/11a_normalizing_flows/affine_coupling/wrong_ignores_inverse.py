# expect: this is the forward direction
# misconception: the flag is not looked at
# points: 1
import torch


def affine_coupling(values, network, num_kept, inverse):
    kept, rest = values[:, :num_kept], values[:, num_kept:]
    t, s = network(kept)
    return torch.cat([kept, rest * torch.exp(s) + t], dim=1), s.sum(1)
