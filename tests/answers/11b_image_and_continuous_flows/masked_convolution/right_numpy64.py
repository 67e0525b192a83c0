# right: numpy loops in float64, numpy results
import math

import numpy as np
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    v, k, l = (t.detach().numpy().astype(np.float64) for t in (values, kernel, log_diagonal))
    n, h, w = v.shape
    z = np.zeros((n, h + 2, w + 2))
    x = np.zeros((n, h, w))
    if not inverse:
        z[:, 1:-1, 1:-1] = v
    for i in range(h):
        for j in range(w):
            seen = k[0, 0] * z[:, i, j] + k[0, 1] * z[:, i, j + 1] + k[0, 2] * z[:, i, j + 2] + k[1, 0] * z[:, i + 1, j]
            if inverse:
                z[:, i + 1, j + 1] = (v[:, i, j] - seen) / np.exp(l[i, j])
            else:
                x[:, i, j] = np.exp(l[i, j]) * v[:, i, j] + seen
    sign = -1 if inverse else 1
    return (z[:, 1:-1, 1:-1] if inverse else x), np.full(n, sign * l.sum())
