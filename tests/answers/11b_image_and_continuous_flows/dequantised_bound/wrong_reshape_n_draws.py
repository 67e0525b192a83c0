# expect: the draws and the rows are mixed up
# misconception: reshaped to (n, draws) without transposing
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    y = (levels + noise) / num_levels
    lp = log_prob(y.flatten(0, 1)).reshape(n, draws)
    return (lp - log_q.T).mean(1) - dim * math.log(num_levels)
