# expect: where exp(−U) over- or underflows; take the smallest energy of each row out of the sum fir
# misconception: uses log10 for the volume
import math
import torch

def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=-1) + math.log10(cell_volume)
