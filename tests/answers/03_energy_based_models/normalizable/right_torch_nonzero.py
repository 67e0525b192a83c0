# right: torch nonzero
import torch

def normalizable(coefficients):
    c = torch.tensor(coefficients, dtype=torch.float64)
    idx = torch.nonzero(c).flatten()
    if idx.numel() == 0:
        return False
    d = int(idx.max())
    return d != 0 and d % 2 == 0 and float(c[d]) > 0
