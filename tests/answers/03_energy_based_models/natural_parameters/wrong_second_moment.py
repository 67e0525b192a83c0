# expect: θ is not right: E[x²] is taken for the
# misconception: uses E[x^2] as the variance
import torch

def natural_parameters(x):
    m, s = x.mean(), (x**2).mean()
    return torch.stack([-m / s, 1 / (2 * s)])
