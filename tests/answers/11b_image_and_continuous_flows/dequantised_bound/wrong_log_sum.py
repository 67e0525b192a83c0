# expect: divide by their number
# misconception: log of the sum of exp
import math
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    y = ((levels + noise) / num_levels)
    log_p = log_prob(y.flatten(0, 1)).reshape(log_q.shape)
    return torch.logsumexp(log_p - log_q, 0) - levels.shape[1] * math.log(num_levels)
