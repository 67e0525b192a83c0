# expect: it is cut off at 0
# misconception: KL cannot be negative: clamped at 0
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return (log_base(z) - d - log_target(x)).mean().clamp(min=0)
