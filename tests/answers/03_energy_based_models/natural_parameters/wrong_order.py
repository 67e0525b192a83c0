# expect: order is
# misconception: θ_2 first
# points: 0
import torch


def natural_parameters(x):
    v = x.var(unbiased=False)
    return torch.stack([1 / (2 * v), -x.mean() / v])
