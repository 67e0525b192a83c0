# expect: E[x²]
# misconception: E[x²] as the variance
import torch


def natural_parameters(x):
    v = (x**2).mean()
    return torch.stack([-x.mean() / v, 1 / (2 * v)])
