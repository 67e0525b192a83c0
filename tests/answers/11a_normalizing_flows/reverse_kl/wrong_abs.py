# expect: the absolute value is taken
# misconception: absolute value
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return (log_base(z) - d - log_target(x)).mean().abs()
