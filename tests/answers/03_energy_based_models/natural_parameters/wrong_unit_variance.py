# expect: times what it should be
# misconception: assumes that theta_2 is 1/2 and only the mean has to be learnt
import torch

def natural_parameters(x):
    return torch.stack([-x.mean(), torch.tensor(0.5, dtype=x.dtype)])
