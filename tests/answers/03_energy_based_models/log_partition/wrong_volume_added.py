# expect: logarithm of the cell volume
# misconception: adds the volume itself
# points: 0
import torch


def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=-1) + cell_volume
