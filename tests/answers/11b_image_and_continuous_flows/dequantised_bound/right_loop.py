# right: draw by draw
import math


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    total = 0
    for u, q in zip(noise, log_q):
        total = total + log_prob((levels + u) / num_levels) - q
    return total / len(noise) - levels.shape[1] * math.log(num_levels)
