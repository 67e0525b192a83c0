# expect: θ is not right: θ_
# misconception: the parabola's vertex is at -theta_1/theta_2 (forgets the 2)
import torch

def natural_parameters(x):
    m = x.mean()
    t2 = 0.5 / ((x - m) ** 2).mean()
    return torch.stack([-m * t2, t2])
