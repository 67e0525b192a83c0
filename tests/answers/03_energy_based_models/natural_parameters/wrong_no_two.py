# expect: θ is not right: θ_
# misconception: forgets the 2 in 1/(2v)
import torch

def natural_parameters(x):
    m = x.mean()
    v = ((x - m) ** 2).mean()
    return torch.stack([-m / v, 1 / v])
