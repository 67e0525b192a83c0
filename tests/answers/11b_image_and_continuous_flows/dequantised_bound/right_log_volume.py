# right: the jacobian via slogdet of the diagonal map
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    log_det = torch.linalg.slogdet(torch.eye(dim, dtype=levels.dtype) / num_levels).logabsdet
    f = lambda p: log_prob((levels + p) / num_levels) + log_det
    return torch.stack([f(p) for p in noise]).sub(log_q).mean(dim=0)
