# expect: has the wrong sign: completing the square gives θ_
# misconception: theta_1 = +m/v as in the usual exponential family without the minus
import torch

def natural_parameters(x):
    m = x.mean()
    v = ((x - m) ** 2).mean()
    return torch.stack([m / v, 1 / (2 * v)])
