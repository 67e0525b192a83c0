# expect: the list of layers was changed
# misconception: layers.reverse() changes the caller's list
import torch


def flow_log_prob(layers, log_base, x):
    layers.reverse()
    total = 0
    for layer in layers:
        x, d = layer.inverse(x)
        total = total + d
    return log_base(x) + total
