# expect: only the last log_scale is there
# misconception: only the last s
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s[:, -1]
    x = torch.zeros_like(values)
    for _ in range(values.shape[1]):
        t, s = network(x)
        x = values * s.exp() + t
    return x, s[:, -1]
