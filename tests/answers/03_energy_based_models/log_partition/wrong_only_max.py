# expect: log Z is not right: only the largest term is kept, the others count as well
# misconception: for large energies the log-sum-exp is just the maximum
import math
import torch

def log_partition(energies, cell_volume):
    return (-energies).amax(dim=-1) + math.log(cell_volume)
