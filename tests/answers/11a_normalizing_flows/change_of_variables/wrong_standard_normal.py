# expect: the standard normal law is used
# misconception: every base is N(0, I)
# points: 0
import math
import torch


def change_of_variables(log_base, inverse, x):
    j = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    z = inverse(x)
    base = -(z**2).sum(1) / 2 - z.shape[1] * math.log(2 * math.pi) / 2
    return base + torch.linalg.slogdet(j).logabsdet
