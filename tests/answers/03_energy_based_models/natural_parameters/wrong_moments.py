# expect: natural parameters were asked
# misconception: returns mean and variance
# points: 0
import torch


def natural_parameters(x):
    return torch.stack([x.mean(), x.var(unbiased=False)])
