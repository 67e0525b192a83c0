# expect: 1/(2 s²)
# misconception: 1/s² instead of 1/(2 s²)
# points: 1
import torch


def natural_parameters(x):
    v = x.var(unbiased=False)
    return torch.stack([-x.mean() / v, 1 / v])
