# expect: should be about
# misconception: coarse forward differences, 1e-2
import torch


def change_of_variables(log_base, inverse, x):
    e = 1e-2
    z = inverse(x)
    cols = []
    for j in range(x.shape[1]):
        v = torch.zeros_like(x); v[:, j] = e
        cols.append((inverse(x + v) - z) / e)
    return log_base(z) + torch.linalg.slogdet(torch.stack(cols, -1))[1]
