# expect: those of z are needed
# misconception: inverse = conv with -kernel and 1/factor
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
    seen = torch.nn.functional.conv2d(values[:, None], earlier[None, None], padding=1)[:, 0]
    return values / factor - seen, -log_det
