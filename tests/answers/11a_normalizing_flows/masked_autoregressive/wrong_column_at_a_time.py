# expect: network takes a batch of points
# misconception: gives the network only the columns that are known
# points: 1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = values[:, :0]
    for i in range(values.shape[1]):
        t, s = network(x)
        x = torch.cat([x, (values * torch.exp(s) + t)[:, i:i + 1]], dim=1)
    return x, s.sum(1)
