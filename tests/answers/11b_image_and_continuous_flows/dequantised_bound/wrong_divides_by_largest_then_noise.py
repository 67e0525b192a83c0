# expect: the cells have the width
# misconception: x/255 + u/256
# points: 0
import math


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    y = (levels / (num_levels - 1) + noise / num_levels)
    log_p = log_prob(y.flatten(0, 1)).reshape(log_q.shape)
    return (log_p - log_q).mean(dim=0) - levels.shape[1] * math.log(num_levels)
