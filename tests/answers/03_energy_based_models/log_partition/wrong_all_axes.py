# expect: log Z is not right: the sum runs over the whole batch, but each row has its own log Z
# misconception: sums over every axis and gives one number for the whole batch
import math
import torch

def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies.reshape(-1), dim=0) + math.log(cell_volume)
