# expect: has the shape (1,)
# misconception: shape (1,)
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return (log_base(z) - d - log_target(x)).mean(dim=0, keepdim=True)
