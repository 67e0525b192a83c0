# expect: this is the exact value
# misconception: computes the determinant
# points: 0
import torch


def residual_log_det(g, z, probes, num_terms):
    jacobian = torch.stack([torch.func.jacrev(lambda u: u + g(u[None])[0])(point) for point in z])
    return torch.linalg.slogdet(jacobian).logabsdet
