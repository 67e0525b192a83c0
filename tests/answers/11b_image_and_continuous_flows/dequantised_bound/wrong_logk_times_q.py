# expect: subtracted twice
# misconception: applies log K to log q too: thinks noise is scaled, so cancels
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    y = (levels + noise) / num_levels
    log_volume = dim * math.log(num_levels)
    return (log_prob(y.flatten(0, 1)).reshape(draws, n) - (log_q + log_volume)).mean(0) - log_volume
