# right: fixed point from z, and one more pass for the log_det
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = values
    for _ in range(values.shape[1]):
        t, s = network(x)
        x = values * s.exp() + t
    return x, network(x)[1].sum(dim=-1)
