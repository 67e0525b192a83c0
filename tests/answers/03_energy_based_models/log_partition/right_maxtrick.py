# right: maxtrick
import math
import torch

def log_partition(energies, cell_volume):
    lowest = energies.min(dim=-1, keepdim=True).values
    s = torch.exp(lowest - energies).sum(dim=-1)
    return s.log() - lowest.squeeze(-1) + math.log(cell_volume)
