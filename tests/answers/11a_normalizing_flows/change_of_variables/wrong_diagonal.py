# expect: only the diagonal of the Jacobian is used
# misconception: multiplies the diagonal of the Jacobian
# points: 1
import torch


def change_of_variables(log_base, inverse, x):
    j = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    z = inverse(x)
    return log_base(z) + torch.diagonal(j, dim1=1, dim2=2).abs().log().sum(dim=1)
