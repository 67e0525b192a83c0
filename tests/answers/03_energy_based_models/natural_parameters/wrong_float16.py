# expect: in every entry
# misconception: half precision is accurate enough for two numbers
import torch

def natural_parameters(x):
    h = x.half()
    m = h.mean()
    v = ((h - m) ** 2).mean()
    return torch.stack([-m / v, 1 / (2 * v)]).float()
