# right: numpy for the arithmetic after the model, returns numpy array
import math

import numpy as np
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    draws, n, dim = noise.shape
    y = (levels[None] + noise) / num_levels
    lp = log_prob(y.reshape(draws * n, dim)).detach().numpy().reshape(draws, n)
    return np.mean(lp - log_q.detach().numpy(), axis=0) - dim * np.log(float(num_levels))
