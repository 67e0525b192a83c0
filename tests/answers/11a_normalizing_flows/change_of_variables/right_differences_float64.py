# right: central differences in float64 are precise enough
import torch


def change_of_variables(log_base, inverse, x):
    x, h = x.double(), 1e-5
    columns = []
    for j in range(x.shape[1]):
        step = torch.zeros_like(x)
        step[:, j] = h
        columns.append((inverse(x + step) - inverse(x - step)) / (2 * h))
    return (log_base(inverse(x)) + torch.stack(columns, dim=2).det().abs().log()).numpy()
