# right: numpy64
import numpy as np
import torch

def log_partition(energies, cell_volume):
    e = energies.detach().cpu().numpy().astype(np.float64)
    out = np.logaddexp.reduce(-e, axis=-1) + np.log(cell_volume)
    return torch.as_tensor(out).to(energies.dtype)
