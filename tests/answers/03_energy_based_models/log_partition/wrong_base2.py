# expect: times what it should be. Note: energies here lie between
# misconception: answers in bits instead of nats
import math
import torch

def log_partition(energies, cell_volume):
    return (torch.logsumexp(-energies, dim=-1) + math.log(cell_volume)) / math.log(2)
