# expect: θ is not right: the squares are summed, not averaged: divide by n
# misconception: sums the squared deviations and does not divide
import torch

def natural_parameters(x):
    m = x.mean()
    v = ((x - m) ** 2).sum()
    return torch.stack([-m / v, 1 / (2 * v)])
