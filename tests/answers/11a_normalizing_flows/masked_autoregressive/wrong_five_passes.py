# expect: coordinate
# misconception: always 5 passes
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for _ in range(5):
        t, s = network(x)
        x = values * s.exp() + t
    return x, s.sum(1)
