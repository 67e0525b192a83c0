# expect: the sign of the determinant is used, ±1
# misconception: takes the sign, first output of slogdet
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    return log_base(inverse(x)) + torch.linalg.slogdet(J)[0]
