# right: list of columns, padded with zeros each time
import torch


def masked_autoregressive(values, network, inverse):
    n, dim = values.shape
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), s.sum(1).neg()
    cols, ss = [], []
    for i in range(dim):
        cur = torch.stack(cols + [torch.zeros(n, dtype=values.dtype)] * (dim - i), 1)
        t, s = network(cur)
        ss.append(s[:, i]); cols.append(values[:, i] * s[:, i].exp() + t[:, i])
    return torch.stack(cols, 1), torch.stack(ss, 1).sum(1)
