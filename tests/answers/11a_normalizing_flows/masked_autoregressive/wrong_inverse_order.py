# expect: take the shift away first and then divide
# misconception: divides before taking the shift away
# points: 2
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return values * torch.exp(-s) - t, -s.sum(1)
    x = torch.zeros_like(values)
    for i in range(values.shape[1]):
        t, s = network(x)
        x = values * torch.exp(s) + t
    return x, s.sum(1)
