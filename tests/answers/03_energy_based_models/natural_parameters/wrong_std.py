# expect: θ is not right: the standard deviation stands where its square belongs
# misconception: uses the standard deviation where the variance belongs
import torch

def natural_parameters(x):
    m = x.mean()
    s = x.std(unbiased=False)
    return torch.stack([-m / s, 1 / (2 * s)])
