# expect: every pass scales and shifts the x of the pass before
# misconception: feeds the result back in as z
# points: 1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = values
    for i in range(values.shape[1]):
        t, s = network(x)
        x = x * torch.exp(s) + t
    return x, s.sum(1)
