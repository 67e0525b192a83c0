# expect: the Jacobian is taken at z
# misconception: differentiates the inverse at z instead of x
# points: 0
import torch


def change_of_variables(log_base, inverse, x):
    z = inverse(x)
    j = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(z)
    return log_base(z) + torch.linalg.slogdet(j).logabsdet
