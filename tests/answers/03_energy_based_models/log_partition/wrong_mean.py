# expect: log n is missing
# misconception: the mean of the weights instead of their sum
# points: 0
import math

import torch


def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=-1) + math.log(cell_volume) - math.log(energies.shape[-1])
