# expect: log_target is cut off at 0
# misconception: log_target capped at 0 as if a normalised probability
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return (log_base(z) - d - log_target(x).clamp(max=0)).mean()
