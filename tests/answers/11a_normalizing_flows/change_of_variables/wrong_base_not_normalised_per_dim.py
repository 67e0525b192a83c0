# expect: 1/dim times what it should be
# misconception: divides by dim
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    return (log_base(inverse(x)) + torch.linalg.slogdet(J)[1]) / x.shape[1]
