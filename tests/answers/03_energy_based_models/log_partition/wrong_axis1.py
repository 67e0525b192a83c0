# expect: with IndexError: Dimension out of range (expected to be in range of [-
# misconception: the input always has two axes, so the cells are axis 1
import math
import torch

def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=1) + math.log(cell_volume)
