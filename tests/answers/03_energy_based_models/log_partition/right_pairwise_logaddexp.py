# right: pairwise logaddexp
import math
import torch

def log_partition(energies, cell_volume):
    acc = -energies[..., 0]
    for i in range(1, energies.shape[-1]):
        acc = torch.logaddexp(acc, -energies[..., i])
    return acc + math.log(cell_volume)
