# right: stops when nothing changes any more
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for _ in range(values.shape[1]):
        t, s = network(x)
        new = values * s.exp() + t
        if torch.equal(new, x): break
        x = new
    return x, s.sum(1)
