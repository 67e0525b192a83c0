# expect: its numbers are right, but the batch went through the network
# misconception: as many passes as there are rows
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for _ in range(len(values)):
        t, s = network(x)
        x = values * s.exp() + t
    return x, s.sum(1)
