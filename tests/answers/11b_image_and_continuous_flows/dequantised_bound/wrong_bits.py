# expect: bits per dimension
# misconception: bits per dimension
# points: 0
import math


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    y = ((levels + noise) / num_levels)
    log_p = log_prob(y.flatten(0, 1)).reshape(log_q.shape)
    return (levels.shape[1] * math.log(num_levels) - (log_p - log_q).mean(dim=0)) / math.log(2) / levels.shape[1]
