# expect: θ should be about
# misconception: takes the median as the location
import torch

def natural_parameters(x):
    m = x.median()
    v = ((x - m) ** 2).mean()
    return torch.stack([-m / v, 1 / (2 * v)])
