# expect: divides by n − 1
# misconception: the unbiased variance
# points: 1
import torch


def natural_parameters(x):
    v = x.var()
    return torch.stack([-x.mean() / v, 1 / (2 * v)])
