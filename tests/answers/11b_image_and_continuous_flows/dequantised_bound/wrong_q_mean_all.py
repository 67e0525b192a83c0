# expect: log_q is averaged over the images too
# misconception: mean of log q over all rows
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    y = (levels + noise) / num_levels
    return log_prob(y.flatten(0, 1)).reshape(draws, n).mean(0) - log_q.mean() - dim * math.log(num_levels)
