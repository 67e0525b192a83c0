# right: cell by cell with logaddexp
import math

import torch


def log_partition(energies, cell_volume):
    total = -energies[..., 0]
    for i in range(1, energies.shape[-1]):
        total = torch.logaddexp(total, -energies[..., i])
    return total + math.log(cell_volume)
