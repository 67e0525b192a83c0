# expect: the noise is subtracted
# misconception: subtracts the noise
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    y = (levels - noise) / num_levels
    return (log_prob(y.flatten(0, 1)).reshape(draws, n) - log_q).mean(0) - dim * math.log(num_levels)
