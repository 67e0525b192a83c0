# expect: the log_scales of all passes are added up
# misconception: adds the log_det of every pass
# points: 1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x, log_det = torch.zeros_like(values), 0
    for i in range(values.shape[1]):
        t, s = network(x)
        x = values * torch.exp(s) + t
        log_det = log_det + s.sum(1)
    return x, log_det
