# expect: each pass finishes one coordinate
# misconception: a hundred passes to be sure
# points: 1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for i in range(100):
        t, s = network(x)
        x = values * torch.exp(s) + t
    return x, s.sum(1)
