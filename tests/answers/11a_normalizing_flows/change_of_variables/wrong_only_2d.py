# expect: should be about
# misconception: determinant by the 2x2 rule
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    if x.shape[1] == 1:
        return log_base(inverse(x)) + J[:, 0, 0].abs().log()
    return log_base(inverse(x)) + (J[:, 0, 0]*J[:, 1, 1] - J[:, 0, 1]*J[:, 1, 0]).abs().log()
