# right: network called under no_grad, transposed working copy (non-contiguous)
import torch


def masked_autoregressive(values, network, inverse):
    with torch.no_grad():
        if inverse:
            t, s = network(values)
            return ((values - t).T / s.T.exp()).T, -torch.einsum("nd->n", s)
        x = torch.zeros(values.shape[1], values.shape[0], dtype=values.dtype)
        for i in range(len(x)):
            t, s = network(x.T)
            x = (values * s.exp() + t).T
        return x.T, torch.einsum("nd->n", s)
