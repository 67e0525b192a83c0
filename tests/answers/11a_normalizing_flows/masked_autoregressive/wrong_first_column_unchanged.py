# expect: the first coordinate is left as it is
# misconception: takes x_1 = z_1
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        z = (values - t) * torch.exp(-s)
        z[:, 0] = values[:, 0]
        return z, -s[:, 1:].sum(1)
    x = torch.zeros_like(values); x[:, 0] = values[:, 0]; d = 0
    for i in range(1, values.shape[1]):
        t, s = network(x)
        x[:, i] = values[:, i] * s[:, i].exp() + t[:, i]
        d = d + s[:, i]
    return x, d
