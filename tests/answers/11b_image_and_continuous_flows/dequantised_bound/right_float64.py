# right: in double precision
import math
import torch


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    y = (levels.double() + noise.double()) / num_levels
    log_p = torch.stack([log_prob(part) for part in y])
    return torch.mean(log_p - log_q.double() - math.log(num_levels) * y.shape[-1], 0)
