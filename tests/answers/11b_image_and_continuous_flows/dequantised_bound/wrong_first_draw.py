# expect: only the first draw
# misconception: only the first draw
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    n, dim = levels.shape
    return log_prob((levels + noise[0]) / num_levels) - log_q[0] - dim * math.log(num_levels)
