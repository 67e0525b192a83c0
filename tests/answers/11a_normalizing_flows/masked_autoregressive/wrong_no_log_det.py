# expect: it is zero, but the scale changes volumes
# misconception: log_det zero
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), torch.zeros(len(values))
    x = torch.zeros_like(values)
    for _ in range(values.shape[1]):
        t, s = network(x)
        x = values * s.exp() + t
    return x, torch.zeros(len(values))
