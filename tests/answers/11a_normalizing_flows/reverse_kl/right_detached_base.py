# right: log_base and z without a graph (they do not hold θ)
import torch


def reverse_kl(forward, log_base, log_target, z):
    with torch.no_grad():
        lr = log_base(z.clone())
    x, d = forward(z.detach())
    loss = lr.mean() + (-d - log_target(x)).mean()
    return loss
