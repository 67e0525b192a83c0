# expect: all zeros
# misconception: rewrapped as a leaf that requires grad
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return torch.tensor(float((log_base(z) - d - log_target(x)).mean()), requires_grad=True)
