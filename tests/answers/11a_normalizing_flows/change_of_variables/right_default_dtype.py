# right: sets the default dtype to float64 (side effect)
import torch


def change_of_variables(log_base, inverse, x):
    torch.set_default_dtype(torch.float64)
    res = torch.zeros(len(x))
    for i, p in enumerate(x):
        J = torch.func.jacrev(lambda q: inverse(q[None])[0])(p)
        res[i] = log_base(inverse(p[None]))[0] + torch.linalg.slogdet(J).logabsdet
    torch.set_default_dtype(torch.float32)
    return res
