# expect: times what it should be, the same factor in every entry
# misconception: squared deviation is replaced by the square of the mean absolute deviation
import torch

def natural_parameters(x):
    m = x.mean()
    v = (x - m).abs().mean() ** 2
    return torch.stack([-m / v, 1 / (2 * v)])
