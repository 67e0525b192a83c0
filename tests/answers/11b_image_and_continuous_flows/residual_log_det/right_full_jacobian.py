# right: the whole Jacobian of each point
import torch


def residual_log_det(g, z, probes, num_terms):
    jacobian = torch.stack([torch.func.jacrev(lambda u: g(u[None])[0])(point) for point in z])
    power, result = torch.eye(z.shape[1], dtype=z.dtype).expand_as(jacobian), 0
    for k in range(1, num_terms + 1):
        power = jacobian @ power
        quadratic = torch.einsum("pni,nij,pnj->pn", probes, power, probes).mean(0)
        result = result - (-1) ** k * quadratic / k
    return result
