# expect: should be about
# misconception: only the first draw
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z[:1])
    return (log_base(z[:1]) - d - log_target(x)).mean()
