# expect: this is the fast direction
# misconception: a loop in both directions
# points: 2
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        z = torch.zeros_like(values)
        log_det = 0
        for i in range(values.shape[1]):
            t, s = network(values)
            z[:, i] = (values[:, i] - t[:, i]) * torch.exp(-s[:, i])
            log_det = log_det - s[:, i]
        return z, log_det
    x = torch.zeros_like(values)
    for i in range(values.shape[1]):
        t, s = network(x)
        x = values * torch.exp(s) + t
    return x, s.sum(1)
