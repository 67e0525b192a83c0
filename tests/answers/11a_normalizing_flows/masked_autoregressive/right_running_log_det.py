# right: adds each coordinate's log_scale in the pass that finishes it; numpy at the end
import torch


def masked_autoregressive(values, network, inverse):
    if inverse:
        t, s = network(values)
        return ((values - t) / s.exp()).numpy(), -s.sum(1).numpy()
    x, log_det = values.clone(), torch.zeros(len(values), dtype=values.dtype)
    for i in range(values.shape[1]):
        t, s = network(x)
        x[:, i] = values[:, i].mul(s[:, i].exp()).add(t[:, i])
        log_det += s[:, i]
    return x.numpy(), log_det.numpy()
