# right: zero gradient paths added: value by no_grad, gradient by surrogate
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    g = -(d + log_target(x)).mean()
    with torch.no_grad():
        v = (log_base(z) - d - log_target(x)).mean()
    return g - g.detach() + v
