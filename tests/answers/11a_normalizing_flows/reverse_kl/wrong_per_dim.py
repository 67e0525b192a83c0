# expect: divided by the number of coordinates
# misconception: divided by dim
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return (log_base(z) - d - log_target(x)).mean() / z.shape[1]
