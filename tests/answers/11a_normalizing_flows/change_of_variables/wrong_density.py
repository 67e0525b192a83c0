# expect: this is the density
# misconception: returns p, not log p
# points: 0
import torch


def change_of_variables(log_base, inverse, x):
    j = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    z = inverse(x)
    return torch.exp(log_base(z)) * torch.det(j).abs()
