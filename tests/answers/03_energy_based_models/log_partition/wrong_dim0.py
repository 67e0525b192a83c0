# expect: log Z is not right: the sum runs over the first axis, but the grid is the last
# misconception: sums over the first axis, which is right only for a single row
import math
import torch

def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=0) + math.log(cell_volume)
