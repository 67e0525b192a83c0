# expect: standard deviation
# misconception: standard deviation for variance
import torch


def natural_parameters(x):
    s = x.std(unbiased=False)
    return torch.stack([-x.mean() / s, 1 / (2 * s)])
