# expect: J must act once before the first term
# misconception: adds before it multiplies
# points: 0
import torch


def residual_log_det(g, z, probes, num_terms):
    z = z.detach().requires_grad_()
    out = g(z)
    total = 0.0
    for v in probes:
        w = v
        for k in range(1, num_terms + 1):
            last, w = w, torch.autograd.grad(out, z, w, retain_graph=True)[0]
            total = total + (-1) ** (k + 1) / k * (last * v).sum(dim=1)
    return total / len(probes)
