# right: volume inside
import math
import torch

def log_partition(energies, cell_volume, dim=-1):
    return torch.logsumexp(math.log(cell_volume) - energies.double(), dim)
