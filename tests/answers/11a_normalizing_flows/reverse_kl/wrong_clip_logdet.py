# expect: should be about
# misconception: log_det clipped at ±1
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return (log_base(z) - d.clamp(-1, 1) - log_target(x)).mean()
