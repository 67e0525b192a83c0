# expect: scale and shift are swapped
# misconception: s, t = network
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        s, t = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for _ in range(values.shape[1]):
        s, t = network(x)
        x = values * s.exp() + t
    return x, s.sum(1)
