# expect: the scale is missing
# misconception: shifts only
# points: 0
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t), -s.sum(1)
    x = torch.zeros_like(values)
    for i in range(values.shape[1]):
        t, s = network(x)
        x = values + t
    return x, s.sum(1)
