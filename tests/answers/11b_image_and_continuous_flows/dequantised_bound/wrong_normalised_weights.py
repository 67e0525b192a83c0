# expect: drawn from q already
# misconception: weights the draws by q (softmax) instead of plain mean
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    y = (levels + noise) / num_levels
    b = log_prob(y.flatten(0, 1)).reshape(draws, n) - log_q
    return (torch.softmax(log_q, 0) * b).sum(0) - dim * math.log(num_levels)
