# expect: exp(+θ
# misconception: the exponential family with a plus
import torch


def natural_parameters(x):
    v = x.var(unbiased=False)
    return torch.stack([x.mean() / v, -1 / (2 * v)])
