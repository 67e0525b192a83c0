# expect: θ should be about
# misconception: theta_1 = -m without dividing by the variance
import torch

def natural_parameters(x):
    m = x.mean()
    v = ((x - m) ** 2).mean()
    return torch.stack([-m, 1 / (2 * v)])
