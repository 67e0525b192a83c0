# right: indices, list and stack
import torch


def flow_log_prob(layers, log_base, x):
    ds = []
    for i in range(len(layers) - 1, -1, -1):
        x, d = layers[i].inverse(x)
        ds.append(d)
    return log_base(x) + torch.stack(ds).sum(dim=0)
