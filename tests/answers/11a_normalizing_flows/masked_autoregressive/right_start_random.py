# right: starts at random numbers
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.randn_like(values)
    for i in range(values.shape[1]):
        t, s = network(x)
        x = values * s.exp() + t
    return x, s.sum(1)
