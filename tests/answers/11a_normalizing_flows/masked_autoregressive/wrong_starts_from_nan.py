# expect: x is NaN
# misconception: starts from NaN ("whatever stands in the others")
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.full_like(values, float("nan"))
    for _ in range(values.shape[1]):
        t, s = network(x)
        x = values * s.exp() + t
    return x, s.sum(1)
