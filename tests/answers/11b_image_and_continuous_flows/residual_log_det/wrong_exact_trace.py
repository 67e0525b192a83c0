# expect: this is the exact trace
# misconception: ignores the probes
# points: 0
import torch


def residual_log_det(g, z, probes, num_terms):
    jacobian = torch.stack([torch.func.jacrev(lambda u: g(u[None])[0])(point) for point in z])
    power, total = torch.eye(z.shape[1]).to(z), 0
    for k in range(1, num_terms + 1):
        power = power @ jacobian
        total = total + (-1) ** (k + 1) / k * power.diagonal(dim1=1, dim2=2).sum(1)
    return total
