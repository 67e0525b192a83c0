# expect: an axis is left over
# misconception: forgets to average
# points: 0
import math


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    y = ((levels + noise) / num_levels)
    log_p = log_prob(y.flatten(0, 1)).reshape(log_q.shape)
    return log_p - log_q - levels.shape[1] * math.log(num_levels)
