# right: unbiased corrected
import torch

def natural_parameters(x):
    n = len(x)
    v = x.var() * (n - 1) / n
    m = torch.mean(x)
    return torch.hstack([-m / v, 0.5 / v])
