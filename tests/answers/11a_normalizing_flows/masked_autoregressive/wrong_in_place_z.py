# expect: values was changed in place
# misconception: writes x into values, so z is lost (values changed)
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = values
    for i in range(values.shape[1]):
        t, s = network(x)
        x[:, i] = x[:, i] * s[:, i].exp() + t[:, i]
    return x, s.sum(1)
