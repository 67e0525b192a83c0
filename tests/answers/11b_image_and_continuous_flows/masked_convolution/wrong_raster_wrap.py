# expect: the other end of a row
# misconception: in the flat vector: left neighbour of first pixel is last of the row above
import math

import numpy as np
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    n, h, w = values.shape
    earlier = kernel * torch.tensor([[1, 1, 1], [1, 0, 0], [0, 0, 0]])
    log_det = log_diagonal.sum() * values.new_ones(n)
    factor = log_diagonal.exp()
    A = torch.diag(factor.flatten())
    for off, k in ((w + 1, kernel[0, 0]), (w, kernel[0, 1]), (w - 1, kernel[0, 2]), (1, kernel[1, 0])):
        if 0 < off < h * w:
            A = A + torch.diag(k.expand(h * w - off), -off)
    v = values.flatten(1)
    if not inverse:
        return (v @ A.T).reshape(n, h, w), log_det
    return torch.linalg.solve(A, v.T).T.reshape(n, h, w), -log_det
