# right: fills one column a pass
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for i in range(values.shape[1]):
        t, s = network(x)
        x[:, i] = values[:, i] * torch.exp(s[:, i]) + t[:, i]
    return x, s.sum(1)
