# right: computes in float64 and returns numpy arrays
import numpy as np


def affine_coupling(values, network, num_kept, inverse):
    v = values.double()
    a, b = v[:, :num_kept], v[:, num_kept:].numpy()
    t, s = (o.numpy() for o in network(a))
    b, sign = ((b - t) * np.exp(-s), -1) if inverse else (b * np.exp(s) + t, 1)
    return [np.hstack([a.numpy(), b]), sign * s.sum(-1)]
