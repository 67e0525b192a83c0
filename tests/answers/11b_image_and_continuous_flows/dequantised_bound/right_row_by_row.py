# right: one image and one draw at a time, as a list
import math


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    result = []
    for i in range(len(levels)):
        bounds = [log_prob(((levels[i] + noise[d, i]) / num_levels)[None])[0] - log_q[d, i] for d in range(len(noise))]
        result.append(sum(bounds) / len(bounds) - levels.shape[1] * math.log(num_levels))
    return [float(value) for value in result]
