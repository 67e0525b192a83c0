# expect: backward was called inside
# misconception: calls backward itself
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    loss = (log_base(z) - d - log_target(x)).mean()
    loss.backward()
    return loss
