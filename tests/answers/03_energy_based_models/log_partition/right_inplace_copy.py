# right: inplace copy
import math
import torch

def log_partition(energies, cell_volume):
    w = energies.clone().double()
    w.neg_()
    a = w.amax(-1)
    w.sub_(a[..., None]).exp_()
    return torch.log(torch.einsum("...n->...", w) * cell_volume) + a
