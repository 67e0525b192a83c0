# expect: cell volume is missing
# misconception: a sum is taken for an integral
# points: 0
import torch


def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=-1)
