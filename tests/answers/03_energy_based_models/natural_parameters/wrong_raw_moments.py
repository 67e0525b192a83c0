# expect: θ is not right: these are the moments E[x] and E[x²]; the parameters that reproduce them w
# misconception: matching moments means that theta equals the data's moments
import torch

def natural_parameters(x):
    return torch.stack([x.mean(), (x**2).mean()])
