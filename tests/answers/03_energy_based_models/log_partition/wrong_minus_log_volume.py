# expect: log Z is not right: the cell volume is divided by, not multiplied with
# misconception: divides by the volume (as if normalising a histogram)
import math
import torch

def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=-1) - math.log(cell_volume)
