# expect: where exp(−U) over- or underflows; take the smallest energy of each row out of the sum fir
# misconception: a small epsilon inside the log cures the underflow
import torch

def log_partition(energies, cell_volume):
    return torch.log((torch.exp(-energies.double()) * cell_volume).sum(-1) + 1e-12)
