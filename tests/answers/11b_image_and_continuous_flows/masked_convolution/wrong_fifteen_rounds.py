# expect: 15 iterations from values / exp(log_diagonal)
# misconception: fifteen rounds are enough for any image
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
    z = values / factor
    for _ in range(15):
        seen = torch.nn.functional.conv2d(z[:, None], earlier[None, None], padding=1)[:, 0]
        z = (values - seen) / factor
    return z, -log_det
