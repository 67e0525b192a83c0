# expect: log Z should be about
# misconception: uses the trapezoidal rule, half weight for both end cells
import math
import torch

def log_partition(energies, cell_volume):
    w = torch.ones_like(energies)
    w[..., 0] = 0.5
    w[..., -1] = 0.5
    return torch.logsumexp(-energies + w.log(), dim=-1) + math.log(cell_volume)
