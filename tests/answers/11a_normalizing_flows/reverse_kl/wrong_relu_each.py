# expect: it is cut off at 0 at every point
# misconception: clamps every term
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return (log_base(z) - d - log_target(x)).clamp(min=0).mean()
