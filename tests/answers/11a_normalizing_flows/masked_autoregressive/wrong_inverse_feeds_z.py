# expect: the network takes x, which is known here
# misconception: feeds the network the z found so far
# points: 2
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        z = torch.zeros_like(values)
        for i in range(values.shape[1]):
            t, s = network(z)
            z[:, i] = (values[:, i] - t[:, i]) * torch.exp(-s[:, i])
        return z, -s.sum(1)
    x = torch.zeros_like(values)
    for i in range(values.shape[1]):
        t, s = network(x)
        x = values * torch.exp(s) + t
    return x, s.sum(1)
