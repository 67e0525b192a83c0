# expect: over- or underflows
# misconception: exponentiate first, take the logarithm later
# points: 1
import torch


def log_partition(energies, cell_volume):
    return torch.log((torch.exp(-energies) * cell_volume).sum(dim=-1))
