# expect: log Z is not right: the energies are averaged, not summed: log n is missing
# misconception: takes the mean of exp(-U) rather than the sum
import math
import torch

def log_partition(energies, cell_volume):
    n = energies.shape[-1]
    return torch.logsumexp(-energies, dim=-1) - math.log(n) + math.log(cell_volume)
