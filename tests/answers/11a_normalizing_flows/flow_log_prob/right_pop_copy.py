# right: pops from a copy
import torch


def flow_log_prob(layers, log_base, x):
    todo = list(layers)
    s = torch.zeros(x.shape[0], dtype=torch.float64)
    while todo:
        x, d = todo.pop().inverse(x)
        s += d
    return s + log_base(x)
