# expect: use the random numbers that are passed in
# misconception: draws its own noise
# points: 0
import math
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    u = torch.rand(noise.shape, dtype=noise.dtype)
    log_p = log_prob(((levels + u) / num_levels).flatten(0, 1)).reshape(log_q.shape)
    return (log_p - log_q).mean(dim=0) - levels.shape[1] * math.log(num_levels)
