# expect: here nothing was divided. The constant
# misconception: model asked at levels + u and no log K
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    y = levels + noise
    return (log_prob(y.flatten(0, 1)).reshape(draws, n) - log_q).mean(0)
