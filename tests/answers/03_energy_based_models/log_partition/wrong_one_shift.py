# expect: over- or underflows
# misconception: one shift serves the whole batch
# points: 1
import torch


def log_partition(energies, cell_volume):
    low = energies.min()
    return torch.log(torch.exp(low - energies).sum(dim=-1) * cell_volume) - low
