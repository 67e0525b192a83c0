# expect: whole batch
# misconception: the sum runs over every axis
# points: 0
import math

import torch


def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies.flatten(), dim=0) + math.log(cell_volume)
