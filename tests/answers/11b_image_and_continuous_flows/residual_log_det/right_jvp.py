# right: products J v, forward mode
import torch


def residual_log_det(g, z, probes, num_terms):
    total = 0
    for v in probes:
        w, sign = v, 1.0
        for k in range(1, num_terms + 1):
            w = torch.func.jvp(g, (z,), (w,))[1]
            total = total + sign * (w * v).sum(-1) / k
            sign = -sign
    return total / probes.shape[0]
