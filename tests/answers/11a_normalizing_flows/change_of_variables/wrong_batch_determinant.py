# expect: summed over the batch
# misconception: one determinant for the Jacobian of the whole batch
# points: 0
import torch


def change_of_variables(log_base, inverse, x):
    n = x.numel()
    j = torch.autograd.functional.jacobian(inverse, x).reshape(n, n)
    return log_base(inverse(x)) + torch.linalg.slogdet(j)[1]
