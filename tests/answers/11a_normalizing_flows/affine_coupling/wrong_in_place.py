# expect: values was changed in place
# misconception: changes the argument
import torch


def affine_coupling(values, network, num_kept, inverse):
    t, s = network(values[:, :num_kept])
    if inverse:
        values[:, num_kept:] = (values[:, num_kept:] - t) * torch.exp(-s)
        return values, -s.sum(1)
    values[:, num_kept:] = values[:, num_kept:] * s.exp() + t
    return values, s.sum(1)
