# expect: over- or underflows
# misconception: double precision is enough
# points: 1
import torch


def log_partition(energies, cell_volume):
    return torch.log((torch.exp(-energies.double()) * cell_volume).sum(dim=-1))
