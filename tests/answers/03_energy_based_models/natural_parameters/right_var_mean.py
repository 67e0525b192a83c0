# right: torch's biased variance
import torch


def natural_parameters(x):
    v, m = torch.var_mean(x, unbiased=False)
    return torch.stack((-m / v, 0.5 / v))
