# expect: inverse formula
# misconception: swaps the two directions' formulas
# points: 0
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return values * torch.exp(s) + t, s.sum(1)
    t, s = network(values)
    return (values - t) * torch.exp(-s), -s.sum(1)
