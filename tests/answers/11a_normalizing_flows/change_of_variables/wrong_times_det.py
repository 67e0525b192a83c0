# expect: log ρ was multiplied
# misconception: multiplies log ρ by the determinant
# points: 0
import torch


def change_of_variables(log_base, inverse, x):
    j = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    z = inverse(x)
    return log_base(z) * torch.det(j).abs()
