# expect: log Z is not right: what was taken out of the sum is added back with the wrong sign
# misconception: restores the shift with the wrong sign
import math
import torch

def log_partition(energies, cell_volume):
    a = (-energies).amax(-1)
    return torch.exp(-energies - a[..., None]).sum(-1).log() - a + math.log(cell_volume)
