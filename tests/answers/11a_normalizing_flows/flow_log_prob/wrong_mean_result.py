# expect: too much was summed or averaged
# misconception: mean log-likelihood
import torch


def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, d = layer.inverse(x)
        total = total + d
    return (log_base(x) + total).mean()
