# expect: only so many coordinates are right
# misconception: stops when the change is below 1e-2
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return (values - t) * torch.exp(-s), -s.sum(1)
    x = torch.zeros_like(values)
    for _ in range(values.shape[1]):
        t, s = network(x)
        new = values * s.exp() + t
        done = (new - x).abs().mean() < 1e-2
        x = new
        if done: break
    return x, s.sum(1)
