# right: lse
import math
import torch

def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=-1) + math.log(cell_volume)
