# expect: filled from the last to the first
# misconception: fills from the last coordinate
# points: 1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for i in reversed(range(values.shape[1])):
        t, s = network(x)
        x[:, i] = values[:, i] * torch.exp(s[:, i]) + t[:, i]
    return x, s.sum(1)
