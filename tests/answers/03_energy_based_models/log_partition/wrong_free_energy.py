# expect: log Z has the right size and the opposite sign: check which term is subtracted from which.
# misconception: returns the free energy -log Z
import math
import torch

def log_partition(energies, cell_volume):
    return -(torch.logsumexp(-energies, dim=-1) + math.log(cell_volume))
