# expect: this is the log_det of the other direction
# misconception: the same log_det both ways
# points: 2
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), s.sum(1)
    x = torch.zeros_like(values)
    for i in range(values.shape[1]):
        t, s = network(x)
        x = values * torch.exp(s) + t
    return x, s.sum(1)
