# right: works in place on a clone
import torch


def affine_coupling(values, network, num_kept, inverse):
    out = values.clone()
    t, s = network(values[:, :num_kept])
    if inverse:
        out[:, num_kept:] -= t
        out[:, num_kept:] /= s.exp()
        return out, -s.sum(dim=-1)
    out[:, num_kept:] *= s.exp()
    out[:, num_kept:] += t
    return out, s.sum(dim=-1)
