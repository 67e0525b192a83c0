# right: product of the eigenvalues
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    return log_base(inverse(x)) + torch.linalg.eigvals(J).abs().log().sum(-1)
