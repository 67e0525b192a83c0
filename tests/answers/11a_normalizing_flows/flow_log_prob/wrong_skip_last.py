# expect: the last layer is left out
# misconception: starts one too late
import torch


def flow_log_prob(layers, log_base, x):
    total = 0
    for i in range(len(layers) - 2, -1, -1):
        x, d = layers[i].inverse(x)
        total = total + d
    return log_base(x) + total
