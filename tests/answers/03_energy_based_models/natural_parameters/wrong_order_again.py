# expect: the factor of x first, that of x² second
# misconception: returns (theta_2, theta_1)
import torch

def natural_parameters(x):
    m = x.mean()
    v = ((x - m) ** 2).mean()
    return torch.stack([1 / (2 * v), -m / v])
