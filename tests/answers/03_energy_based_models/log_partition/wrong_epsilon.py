# expect: over- or underflows
# misconception: a small number inside the logarithm
# points: 1
import torch


def log_partition(energies, cell_volume):
    return torch.log((torch.exp(-energies) * cell_volume).sum(dim=-1) + 1e-12)
