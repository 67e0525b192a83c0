# expect: where exp(−U) over- or underflows; take the smallest energy of each row out of the sum fir
# misconception: shifts by the maximum of U instead of the maximum of -U, so the exponentials overflow
import math
import torch

def log_partition(energies, cell_volume):
    a = energies.max(dim=-1).values
    return -a + torch.exp(a[..., None] - energies).sum(-1).log() + math.log(cell_volume)
