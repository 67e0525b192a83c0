# expect: θ is not right: these are mean and variance, but the natural parameters were asked
# misconception: returns mean and variance themselves
import torch

def natural_parameters(x):
    m = x.mean()
    return torch.stack([m, ((x - m) ** 2).mean()])
