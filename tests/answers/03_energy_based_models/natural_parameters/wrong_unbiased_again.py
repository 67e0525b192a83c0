# expect: but the likelihood's own maximum divides by n
# misconception: divides by n - 1, the default of torch.var
import torch

def natural_parameters(x):
    m, v = x.mean(), x.var()
    return torch.stack([-m / v, 1 / (2 * v)])
