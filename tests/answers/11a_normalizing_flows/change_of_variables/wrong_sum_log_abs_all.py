# expect: the entries of the Jacobian are all multiplied
# misconception: log|J| of every entry added up
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    return log_base(inverse(x)) + J.abs().log().sum((1, 2))
