# expect: θ should be about
# misconception: centres the data first and then finds theta_1 = 0
import torch

def natural_parameters(x):
    x = x - x.mean()
    v = (x**2).mean()
    return torch.stack([-x.mean() / v, 1 / (2 * v)])
