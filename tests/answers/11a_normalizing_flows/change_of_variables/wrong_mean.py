# expect: averaged over the batch
# misconception: averages the log-determinants
# points: 0
import torch


def change_of_variables(log_base, inverse, x):
    j = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    z = inverse(x)
    return log_base(z) + torch.linalg.slogdet(j).logabsdet.mean()
