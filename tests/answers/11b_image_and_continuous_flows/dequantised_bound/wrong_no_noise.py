# expect: the noise is missing
# misconception: rounds the noise away
# points: 0
import math
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    y = (torch.floor(levels + noise) / num_levels)
    log_p = log_prob(y.flatten(0, 1)).reshape(log_q.shape)
    return (log_p - log_q).mean(dim=0) - levels.shape[1] * math.log(num_levels)
