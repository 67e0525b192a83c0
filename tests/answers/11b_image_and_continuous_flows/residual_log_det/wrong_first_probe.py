# expect: only the first probe is used
# misconception: one probe is enough
import torch


def residual_log_det(g, z, probes, num_terms):
    z = z.detach().requires_grad_()
    out, w, total = g(z), probes[0], 0
    for k in range(1, num_terms + 1):
        (w,) = torch.autograd.grad(out, z, w, retain_graph=True)
        total = total + (-1) ** (k + 1) / k * (w * probes[0]).sum(1)
    return total
