# expect: where exp(−U) over- or underflows; take the smallest energy of each row out of the sum fir
# misconception: one shift for the whole tensor is enough for stability
import math
import torch

def log_partition(energies, cell_volume):
    a = (-energies).max()
    return a + torch.log(torch.exp(-energies - a).sum(-1)) + math.log(cell_volume)
