# expect: wrong sign
# misconception: the sign of θ_1 of exp(+θ·t)
# points: 1
import torch


def natural_parameters(x):
    v = x.var(unbiased=False)
    return torch.stack([x.mean() / v, 1 / (2 * v)])
