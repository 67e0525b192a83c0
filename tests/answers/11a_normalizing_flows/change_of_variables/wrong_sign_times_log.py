# expect: multiplies its logarithm
# misconception: sign times logabsdet
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    s, l = torch.linalg.slogdet(J)
    return log_base(inverse(x)) + s * l
