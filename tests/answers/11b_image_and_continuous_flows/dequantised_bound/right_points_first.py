# right: order (n, draws): permuted before the model, repeat_interleave for levels
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    u = noise.permute(1, 0, 2).reshape(n * draws, dim)
    y = (levels.repeat_interleave(draws, dim=0) + u) * (1.0 / num_levels)
    lp = log_prob(y).reshape(n, draws)
    q = log_q.T
    return (lp - q).sum(1) / draws - dim * torch.log(torch.tensor(float(num_levels), dtype=levels.dtype))
