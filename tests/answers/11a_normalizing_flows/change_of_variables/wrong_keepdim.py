# expect: drop the axis of length 1
# misconception: shape (n,1)
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    return (log_base(inverse(x)) + torch.linalg.slogdet(J)[1])[:, None]
