# right: pyloop
import torch

def natural_parameters(x):
    values = x.tolist()
    n = len(values)
    m = sum(values) / n
    v = 0.0
    for value in values:
        v += (value - m) * (value - m) / n
    return torch.tensor([-m / v, 0.5 / v], dtype=x.dtype)
