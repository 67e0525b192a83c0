# expect: elements cannot be converted to Scalar
# misconception: returns a Python float, which works for one row only
import math
import torch

def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=-1).item() + math.log(cell_volume)
