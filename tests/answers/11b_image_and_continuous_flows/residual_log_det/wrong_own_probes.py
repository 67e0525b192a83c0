# expect: use the random numbers that are passed in
# misconception: draws its own
# points: 0
import torch


def residual_log_det(g, z, probes, num_terms):
    z = z.detach().requires_grad_()
    out = g(z)
    total = 0.0
    for v in probes:
        w = v
        for k in range(1, num_terms + 1):
            v = w = torch.randn_like(z) if k == 1 else w; (w,) = torch.autograd.grad(out, z, w, retain_graph=True)
            total = total + (-1) ** (k + 1) / k * (w * v).sum(dim=1)
    return total / len(probes)
