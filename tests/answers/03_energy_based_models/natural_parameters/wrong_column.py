# expect: reshape
# misconception: returns a column
# points: 0
import torch


def natural_parameters(x):
    v = x.var(unbiased=False)
    return torch.stack([-x.mean() / v, 1 / (2 * v)])[:, None]
