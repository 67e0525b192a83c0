# expect: the logarithm of the determinant is missing
# misconception: adds |det| to a log-density
# points: 0
import torch


def change_of_variables(log_base, inverse, x):
    j = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    z = inverse(x)
    return log_base(z) + torch.det(j).abs()
