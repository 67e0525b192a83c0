# expect: where exp(−U) over- or underflows; take the smallest energy of each row out of the sum fir
# misconception: half precision is enough after the max trick
import math
import torch

def log_partition(energies, cell_volume):
    e = energies.half().float()
    return (torch.logsumexp(-e, dim=-1) + math.log(cell_volume)).half().float()
