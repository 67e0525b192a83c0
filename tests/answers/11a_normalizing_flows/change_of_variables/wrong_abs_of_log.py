# expect: the absolute value is taken of the logarithm
# misconception: absolute value of the log instead of log of absolute
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    return log_base(inverse(x)) + torch.linalg.slogdet(J)[1].abs()
