# right: logcumsum
import math
import torch

def log_partition(energies, cell_volume):
    running = torch.logcumsumexp(-energies, dim=-1)
    return running[..., -1] + math.log(cell_volume)
