# expect: every log-determinant is taken at x
# misconception: every log_det taken at the data x
import torch


def flow_log_prob(layers, log_base, x):
    total, z = 0, x
    for layer in reversed(layers):
        z, _ = layer.inverse(z)
        total = total + layer.inverse(x)[1]
    return log_base(z) + total
