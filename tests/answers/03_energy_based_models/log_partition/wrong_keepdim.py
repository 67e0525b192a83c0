# expect: axis of length 1
# misconception: keeps the summed axis
# points: 0
import math

import torch


def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=-1, keepdim=True) + math.log(cell_volume)
