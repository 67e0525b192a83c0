# right: numpy, with every neighbour checked
import numpy as np


def masked_convolution(values, kernel, log_diagonal, inverse):
    x, k, d = values.numpy(), kernel.numpy(), np.exp(log_diagonal.numpy())
    n, h, w = x.shape
    out = np.zeros_like(x)
    source = out if inverse else x
    for i in range(h):
        for j in range(w):
            seen = 0
            for a, b in ((0, 0), (0, 1), (0, 2), (1, 0)):
                if i + a - 1 >= 0 and 0 <= j + b - 1 < w:
                    seen = seen + k[a, b] * source[:, i + a - 1, j + b - 1]
            out[:, i, j] = (x[:, i, j] - seen) / d[i, j] if inverse else x[:, i, j] * d[i, j] + seen
    total = log_diagonal.sum().item()
    return out, np.full(n, -total if inverse else total)
