# expect: dim are needed
# misconception: one pass too few
# points: 1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for i in range(values.shape[1] - 1):
        t, s = network(x)
        x = values * torch.exp(s) + t
    return x, network(x)[1].sum(1)
