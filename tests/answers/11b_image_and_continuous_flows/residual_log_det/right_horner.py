# right: Horner's scheme
import torch


def residual_log_det(g, z, probes, num_terms):
    estimate = 0
    for v in probes:
        w = torch.zeros_like(v)
        for k in range(num_terms, 0, -1):
            w = torch.func.jvp(g, (z,), ((-1) ** (k + 1) / k * v + w,))[1]
        estimate = estimate + (v * w).sum(1)
    return estimate / len(probes)
