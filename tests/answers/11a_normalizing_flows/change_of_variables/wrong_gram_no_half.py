# expect: log det(JᵀJ) is that, and wants a factor 1/2
# misconception: logdet of JᵀJ without the half
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    return log_base(inverse(x)) + torch.logdet(J.mT @ J)
