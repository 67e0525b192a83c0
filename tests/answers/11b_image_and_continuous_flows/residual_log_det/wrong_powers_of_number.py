# expect: multiply the vector by J again
# misconception: the trace of a power is the power of the trace
# points: 1
import torch


def residual_log_det(g, z, probes, num_terms):
    z = z.detach().requires_grad_()
    out = g(z)
    total = 0.0
    for v in probes:
        w = v
        for k in range(1, num_terms + 1):
            (w,) = torch.autograd.grad(out, z, v, retain_graph=True)
            total = total + (-1) ** (k + 1) / k * (w * v).sum(dim=1) ** k
    return total / len(probes)
