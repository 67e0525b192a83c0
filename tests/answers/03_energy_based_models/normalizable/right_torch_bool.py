# right: with tensors, returning a 0-d bool tensor
import torch


def normalizable(coefficients):
    c = torch.tensor(coefficients, dtype=torch.float64)
    index = torch.nonzero(c).flatten()
    if len(index) == 0:
        return torch.tensor(False)
    top = index[-1]
    return (top > 0) & (top % 2 == 0) & (c[top] > 0)
