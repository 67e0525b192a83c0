# expect: log Z is not right: the logarithm belongs around the sum and the volume
# misconception: multiplies the log by the volume instead of adding log volume
import torch

def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies, dim=-1) * cell_volume
