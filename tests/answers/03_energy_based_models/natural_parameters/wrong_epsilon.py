# expect: times what it should be, the same factor in every entry
# misconception: adds a ridge of 0.01 to the variance for safety
import torch

def natural_parameters(x):
    m = x.mean()
    v = ((x - m) ** 2).mean() + 0.01
    return torch.stack([-m / v, 1 / (2 * v)])
