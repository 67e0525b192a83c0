# right: pairs
import torch

def natural_parameters(x):
    # variance = half the mean squared difference of all ordered pairs
    v = (x[:, None] - x[None, :]).square().mean() / 2
    theta = x.new_empty(2)
    theta[1] = 0.5 / v
    theta[0] = -2 * theta[1] * x.mean()
    return theta
