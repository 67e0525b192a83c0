# expect: log_base is taken at x
# misconception: evaluates the base at the data point
# points: 0
import torch


def change_of_variables(log_base, inverse, x):
    j = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    z = inverse(x)
    return log_base(x) + torch.linalg.slogdet(j).logabsdet
