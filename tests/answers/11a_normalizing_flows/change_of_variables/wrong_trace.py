# expect: the trace of the Jacobian stands in the place of its determinant
# misconception: trace instead of determinant, right in one dimension
# points: 1
import torch


def change_of_variables(log_base, inverse, x):
    j = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    z = inverse(x)
    return log_base(z) + torch.einsum('nii->n', j).abs().log()
