# right: numpy64
import numpy as np
import torch

def natural_parameters(x):
    a = x.detach().numpy().astype(np.float64)
    precision = 1.0 / np.var(a)
    return torch.from_numpy(np.array([-precision * np.mean(a), precision / 2]))
