# right: in numpy, returning an array
import numpy as np


def log_partition(energies, cell_volume):
    u = energies.numpy().astype(np.float64)
    low = u.min(axis=-1, keepdims=True)
    return np.log(cell_volume) - low[..., 0] + np.log(np.exp(low - u).sum(axis=-1))
