# right: closed
import torch

def natural_parameters(x):
    m = x.mean()
    v = ((x - m) ** 2).mean()
    return torch.stack([-m / v, 1 / (2 * v)])
