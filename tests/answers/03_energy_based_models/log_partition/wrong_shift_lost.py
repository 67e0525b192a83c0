# expect: must be added back
# misconception: the shift is not added back
# points: 0
import torch


def log_partition(energies, cell_volume):
    a = (-energies).max(dim=-1, keepdim=True).values
    return torch.log((torch.exp(-energies - a) * cell_volume).sum(dim=-1))
