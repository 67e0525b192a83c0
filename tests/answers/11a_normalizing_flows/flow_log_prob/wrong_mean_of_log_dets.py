# expect: averaged over the layers
# misconception: mean over layers
import torch


def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, d = layer.inverse(x)
        total = total + d / len(layers)
    return log_base(x) + total
