# expect: summed over the batch
# misconception: one log_det for all, spread over the batch
# points: 0
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum().expand(len(s))
    x = torch.zeros_like(values)
    for i in range(values.shape[1]):
        t, s = network(x)
        x = values * torch.exp(s) + t
    return x, s.sum().expand(len(s))
