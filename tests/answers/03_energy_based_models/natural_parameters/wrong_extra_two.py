# expect: θ is not right: θ_
# misconception: puts the 2 into theta_1 as well
import torch

def natural_parameters(x):
    m = x.mean()
    v = ((x - m) ** 2).mean()
    return torch.stack([-m / (2 * v), 1 / (2 * v)])
