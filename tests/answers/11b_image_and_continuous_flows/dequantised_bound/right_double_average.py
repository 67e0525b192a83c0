# right: averages in float64, model in the given dtype, back to dtype
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    y = (levels + noise).div(num_levels)
    with torch.no_grad():
        lp = log_prob(y.view(-1, dim)).double().view(draws, n)
    return (lp.mean(0) - log_q.double().mean(0) - dim * math.log(num_levels)).to(levels.dtype)
