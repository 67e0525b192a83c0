# expect: where exp(−U) over- or underflows; take the smallest energy of each row out of the sum fir
# misconception: clamping the energies to a safe range makes it stable
import torch

def log_partition(energies, cell_volume):
    u = energies.clamp(-80, 80)
    return torch.log(torch.exp(-u).sum(-1) * cell_volume)
