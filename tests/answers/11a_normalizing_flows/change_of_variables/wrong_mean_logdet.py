# expect: the log-determinant is averaged over the batch
# misconception: log det averaged over the batch
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    return log_base(inverse(x)) + torch.linalg.slogdet(J)[1].mean()
