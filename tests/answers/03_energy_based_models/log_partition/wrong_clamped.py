# expect: over- or underflows
# misconception: overflow is avoided by clamping the energies
# points: 1
import math

import torch


def log_partition(energies, cell_volume):
    return torch.logsumexp(-energies.clamp(-700, 700), dim=-1) + math.log(cell_volume)
