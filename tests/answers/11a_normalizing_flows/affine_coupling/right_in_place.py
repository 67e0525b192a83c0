# right: writes into a copy
import torch


def affine_coupling(values, network, num_kept, inverse):
    out = values.clone()
    shift, log_scale = network(values[:, :num_kept])
    if inverse:
        out[:, num_kept:] -= shift
        out[:, num_kept:] /= log_scale.exp()
    else:
        out[:, num_kept:] = out[:, num_kept:] * log_scale.exp() + shift
    return out, log_scale.sum(1) * (-1 if inverse else 1)
