# right: point by point, sums in float64, numpy results
import math

import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    lps, zs = [], []
    for i in range(len(x)):
        p, e, s = x[i:i + 1], probe[i:i + 1], 0.0
        for k in range(num_steps):
            _, pull = torch.func.vjp(lambda u: velocity(u, k / num_steps), p)
            s += float((pull(e)[0] * e).sum())
            p = (p + velocity(p, k / num_steps) * (1.0 / num_steps)).detach()
        lps.append(float(log_base(p)[0]) + s / num_steps)
        zs.append(p[0].detach().numpy())
    return np.array(lps), np.stack(zs)
