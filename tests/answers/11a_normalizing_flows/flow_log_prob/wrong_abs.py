# expect: should be about
# misconception: abs of log_det
import torch


def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, d = layer.inverse(x)
        total = total + d.abs()
    return log_base(x) + total
