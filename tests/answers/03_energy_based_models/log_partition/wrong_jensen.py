# expect: where exp(−U) over- or underflows; take the smallest energy of each row out of the sum fir
# misconception: log of a sum is the sum of logs
import math
import torch

def log_partition(energies, cell_volume):
    return (-energies + math.log(cell_volume)).sum(dim=-1)
