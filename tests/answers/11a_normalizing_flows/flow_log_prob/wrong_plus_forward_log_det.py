# expect: or subtract what layer.forward returns
# misconception: right order, plus forward's log_det
import torch


def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, _ = layer.inverse(x)
        total = total + layer.forward(x)[1]
    return log_base(x) + total
