# expect: should be about
# misconception: thinks column i speaks about i+1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        t, s = t.roll(1, 1), s.roll(1, 1)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for _ in range(values.shape[1]):
        t, s = network(x)
        t, s = t.roll(1, 1), s.roll(1, 1)
        x = values * s.exp() + t
    return x, s.sum(1)
