# expect: layer.forward is used
# misconception: calls forward, minus
import torch


def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in layers:
        x, d = layer.forward(x)
        total = total - d
    return log_base(x) + total
