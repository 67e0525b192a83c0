# expect: no gradient can flow
# misconception: evaluates under no_grad
# points: 1
import torch


def reverse_kl(forward, log_base, log_target, z):
    with torch.no_grad():
        x, log_det = forward(z)
        return (log_base(z) - log_det - log_target(x)).mean()
