# expect: an x that is not finished yet
# misconception: log_det from the first pass
# points: 1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    log_det = network(x)[1].sum(1)
    for i in range(values.shape[1]):
        t, s = network(x)
        x = values * torch.exp(s) + t
    return x, log_det
