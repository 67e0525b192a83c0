# expect: log Z is not right: what was taken out of the sum must be added back: log Σ e^(a_i − a) +
# misconception: subtracts the maximum and forgets to add it back
import math
import torch

def log_partition(energies, cell_volume):
    s = -energies
    s = s - s.max(dim=-1, keepdim=True).values
    return s.exp().sum(-1).log() + math.log(cell_volume)
