# expect: the numbers may be right: reshape them, or drop the axis of length
# misconception: returns a column (2, 1)
import torch

def natural_parameters(x):
    m = x.mean(dim=0, keepdim=True)
    v = ((x - m) ** 2).mean(dim=0, keepdim=True)
    return torch.stack([-m / v, 1 / (2 * v)])
