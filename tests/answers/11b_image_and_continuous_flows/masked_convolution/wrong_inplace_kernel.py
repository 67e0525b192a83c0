# expect: kernel was changed in place
# misconception: zeroes the kernel argument in place
import math

import numpy as np
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    n, h, w = values.shape
    kernel[1, 1:] = 0
    kernel[2] = 0
    earlier = kernel
    log_det = log_diagonal.sum() * values.new_ones(n)
    factor = log_diagonal.exp()
    if not inverse:
        seen = torch.nn.functional.conv2d(values[:, None], earlier[None, None], padding=1)[:, 0]
        return factor * values + seen, log_det
    z = values.new_zeros(n, h + 2, w + 2)
    for i in range(h):
        for j in range(w):
            seen = (z[:, i:i + 3, j:j + 3] * earlier).sum(dim=(1, 2))
            z[:, i + 1, j + 1] = (values[:, i, j] - seen) / factor[i, j]
    return z[:, 1:-1, 1:-1], -log_det
