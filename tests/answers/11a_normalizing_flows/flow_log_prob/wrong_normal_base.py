# expect: the standard normal law is used
# misconception: assumes a normal base
import math
import torch


def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, d = layer.inverse(x)
        total = total + d
    return (-x**2/2 - 0.5*math.log(2*math.pi)).sum(1) + total
