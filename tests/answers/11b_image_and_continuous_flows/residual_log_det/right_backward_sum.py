# right: gradient of a dot product
import torch


def residual_log_det(g, z, probes, num_terms):
    total = torch.zeros(len(z), dtype=z.dtype)
    for v in probes:
        w = v.clone()
        for k in range(1, num_terms + 1):
            point = z.clone().requires_grad_(True)
            (g(point) * w).sum().backward()
            w = point.grad
            total = total + (1 if k % 2 else -1) * torch.einsum("ni,ni->n", w, v) / (k * len(probes))
    return total
