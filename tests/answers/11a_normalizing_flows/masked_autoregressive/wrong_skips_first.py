# expect: the first coordinate is never computed
# misconception: starts at the second coordinate
# points: 1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = values.clone()
    for i in range(1, values.shape[1]):
        t, s = network(x)
        x[:, i] = values[:, i] * torch.exp(s[:, i]) + t[:, i]
    return x, s.sum(1)
