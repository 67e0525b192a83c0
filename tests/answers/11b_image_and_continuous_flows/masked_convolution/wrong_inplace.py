# expect: values was changed in place
# misconception: writes over values in the inverse
import math

import numpy as np
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    n, h, w = values.shape
    earlier = kernel * torch.tensor([[1, 1, 1], [1, 0, 0], [0, 0, 0]])
    log_det = log_diagonal.sum() * values.new_ones(n)
    factor = log_diagonal.exp()
    if not inverse:
        seen = torch.nn.functional.conv2d(values[:, None], earlier[None, None], padding=1)[:, 0]
        return factor * values + seen, log_det
    for i in range(h):
        for j in range(w):
            p = torch.nn.functional.pad(values, (1, 1, 1, 1))
            seen = (p[:, i:i + 3, j:j + 3] * earlier).sum(dim=(1, 2))
            values[:, i, j] = (values[:, i, j] - seen) / factor[i, j]
    return values, -log_det
