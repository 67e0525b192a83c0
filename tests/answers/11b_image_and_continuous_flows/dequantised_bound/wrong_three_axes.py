# expect: log_prob takes a float tensor of shape
# misconception: the model takes any number of axes
# points: 0
import math


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    return (log_prob((levels + noise) / num_levels) - log_q).mean(0) - levels.shape[1] * math.log(num_levels)
