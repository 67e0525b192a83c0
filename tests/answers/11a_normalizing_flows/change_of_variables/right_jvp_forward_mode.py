# right: forward mode, one jvp for each direction
import torch


def change_of_variables(log_base, inverse, x):
    cols = []
    for j in range(x.shape[1]):
        v = torch.zeros_like(x); v[:, j] = 1
        z, t = torch.func.jvp(inverse, (x,), (v,))
        cols.append(t)
    J = torch.stack(cols, -1)
    return log_base(inverse(x)) + torch.linalg.slogdet(J)[1]
