# expect: log_scale is taken at an x that is not finished yet
# misconception: s of the first pass
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x, d = torch.zeros_like(values), None
    for _ in range(values.shape[1]):
        t, s = network(x)
        x = values * s.exp() + t
        d = s.sum(1) if d is None else d
    return x, d
