# expect: θ is not right: both signs are those of exp(+θ·t(x)); here p ∝ exp(−θ·t(x
# misconception: natural parameters of exp(+eta.T), so both have the opposite sign
import torch

def natural_parameters(x):
    m = x.mean()
    v = ((x - m) ** 2).mean()
    return torch.stack([m / v, -1 / (2 * v)])
