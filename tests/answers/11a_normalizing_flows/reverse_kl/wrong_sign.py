# expect: the sign is flipped
# misconception: log p - log q
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return (log_target(x) - log_base(z) + d).mean()
