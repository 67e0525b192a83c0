# expect: the probes are averaged before they are used
# misconception: averages first
# points: 0
import torch


def residual_log_det(g, z, probes, num_terms):
    z = z.detach().requires_grad_()
    v = w = probes.mean(dim=0)
    out, total = g(z), 0
    for k in range(1, num_terms + 1):
        (w,) = torch.autograd.grad(out, z, w, retain_graph=True)
        total = total + (-1) ** (k + 1) / k * (w * v).sum(1)
    return total
