# right: numpy arrays around the network, numpy results
import math

import numpy as np
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    V, L, B, W = (t.detach().numpy() for t in (values, log_scale, bias, weight))
    n, c, h, w = V.shape
    k = c // 2
    B, L4 = B.reshape(1, c, 1, 1), L.reshape(1, c, 1, 1)
    ld = h * w * (L.sum() + np.linalg.slogdet(W)[1])
    if inverse:
        shift, s = (t.detach().numpy() for t in network(torch.from_numpy(V[:, :k].copy())))
        b = np.concatenate([V[:, :k], (V[:, k:] - shift) * np.exp(-s)], axis=1)
        return (np.einsum("ij,njhw->nihw", np.linalg.inv(W), b) - B) * np.exp(-L4), -ld - s.sum((1, 2, 3))
    b = np.einsum("ij,njhw->nihw", W, V * np.exp(L4) + B)
    shift, s = (t.detach().numpy() for t in network(torch.from_numpy(b[:, :k].copy())))
    return np.concatenate([b[:, :k], b[:, k:] * np.exp(s) + shift], axis=1), ld + s.sum((1, 2, 3))
